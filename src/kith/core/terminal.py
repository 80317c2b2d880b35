"""What commands on records share: whose rights they use, which kind of record is meant, how a refusal is told."""

import sys

from .access import SYSTEM, Actor, actor_of
from .entity import Entity, registry
from .errors import BadValue, Forbidden, KithError, Refused


def actor_named(mail: str | None) -> Actor:
    """The user of this e-mail with the present rights; without one, whoever sits at the machine acts as Kith itself."""
    if not mail:
        return SYSTEM
    user = registry.get("access.user").rows(SYSTEM).filter(email__iexact=mail.strip(), is_active=True).first()
    if user is None:
        raise Refused({"--as": [f"there is no user {mail} who may sign in"]})
    return actor_of(user.pk)


def entity_named(name: str) -> Entity:
    """The kind of record by its slug (companies) or label (parties.company)."""
    found = registry.by_slug(name) or registry.find(name)
    if found is None:
        raise Refused(
            {
                "--entity": [
                    f"there is no kind of record {name!r}; there are: {', '.join(sorted(entity.slug for entity in registry))}"
                ]
            }
        )
    return found


def refused(error: KithError) -> int:
    """Tell why nothing was done; the exit code."""
    if isinstance(error, Refused):
        for name, messages in error.errors.items():
            for message in messages:
                print(f"kith: {name}: {message}" if name else f"kith: {message}", file=sys.stderr)  # noqa: T201
    else:
        words = error.message if isinstance(error, Forbidden | BadValue) and error.message else error
        print(f"kith: {words}", file=sys.stderr)  # noqa: T201
    return 2
