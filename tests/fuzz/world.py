"""What the fuzz stands on: three callers with tokens, and a record of every kind that each of them may meet."""

from dataclasses import dataclass

from kith.core import tokens
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import make_people

#: Callers by name: no right at all, an ordinary seller who sees what is his, an administrator.
CALLERS = {"nobody": "max", "ordinary": "ann", "administrator": "eva"}
STORED_FILES = {"activities.attachment"}  # made by an upload, not from values


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls the API."""

    name: str
    user: str
    token: str


def build(labels: frozenset[str] = frozenset()) -> list[Caller]:
    """Make the people and a record of every kind, or of these kinds, through the product's own writes."""
    people = make_people()
    for entity in registry:
        if not entity.access.faces and entity.label not in STORED_FILES and (not labels or entity.label in labels):
            owner = {"owner": str(people.ann.pk)} if "owner" in entity.declared and "owner" in entity.access.own else {}
            factory.make(entity, **owner)
    return [Caller(name, key, token_of(getattr(people, key))) for name, key in CALLERS.items()]


def token_of(user: object) -> str:
    """A new API token with all of its owner's rights."""
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(user=user, name="fuzz", shown=secret[:8], digest=tokens.digest(secret))
    return secret
