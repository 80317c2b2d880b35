"""What the company may set about customers."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from kith.core import freshness, settings_store
from kith.core.identity.public_domains import PUBLIC_MAIL_DOMAINS


@lru_cache(maxsize=8)
def with_shipped(further: tuple[str, ...]) -> frozenset[str]:
    """All domains at which anybody gets an address."""
    return frozenset(PUBLIC_MAIL_DOMAINS) | {domain.strip().lstrip("@").casefold() for domain in further}


def public_domains(further: Iterable[str]) -> frozenset[str]:
    """What the setting answers: the shipped domains and those of the company."""
    return with_shipped(tuple(further))


settings_store.declare(
    "public_mail_domains",
    _("Further public mail domains"),
    "words",
    default=[],
    group=settings_store.COMPANY,
    help=_("Domains where anybody gets an address, separated by commas. They never tell which company a mail is from. The usual ones are known."),
    read=public_domains,
)  # fmt: skip

for label in ("parties.person", "parties.company", "parties.employment", "parties.contactpoint"):
    freshness.declare(label)
