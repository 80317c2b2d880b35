"""Makes leads without an owner, rules and pools for the tests of distribution."""

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.testing import factory
from kith.distribution import claiming


def entity(label="sales.lead"):
    return registry.get(label)


def lead(**values):
    """A lead of a company of its own, without an owner unless one is given."""
    company = values.pop("company", None) or factory.make("parties.company").pk
    return writes.create(SYSTEM, entity(), {"name": "Lead", "company": company, **values})


def fresh(record):
    return registry.for_model(type(record)).rows(SYSTEM).get(pk=record.pk)


def rule(*members, **values):
    """A rule for leads; members are users or (user, {facts})."""
    made = writes.create(SYSTEM, entity("distribution.assignmentrule"), {"name": "Web leads", "entity": "sales.lead", **values})  # fmt: skip
    for at, member in enumerate(members, 1):
        user, facts = member if isinstance(member, tuple) else (member, {})
        writes.create(SYSTEM, entity("distribution.rulemember"), {"rule": made.pk, "user": user.pk, "position": at, **facts})  # fmt: skip
    return made


def pool(*members, **values):
    """A pool for leads with these users or groups; the first word of a tuple says that the member manages."""
    made = writes.create(SYSTEM, entity("distribution.pool"), {"name": "Free leads", "entity": "sales.lead", **values})
    for member in members:
        who, manages = (member[0], True) if isinstance(member, tuple) else (member, False)
        kind = who._meta.model_name
        writes.create(SYSTEM, entity("distribution.poolmember"), {"pool": made.pk, kind: who.pk, "manages": manages})
    return made


def waits(made, *leads, **facts):
    """Put leads into a pool."""
    with change_set(SYSTEM, kind="collect", entity="sales.lead"):
        return claiming.put(entity(), [one.pk for one in leads], made.pk, **facts)
