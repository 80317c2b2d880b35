"""Acts that ask anew who one is: changing factors, passwords and addresses to sign in with, making tokens.

A session remembers when its user last proved it. `demand()` inside the act raises Unproven when that is too long ago; a page
then asks over itself and repeats the request. A job goes by what held when it was asked for; tokens and commands have no session and are not asked.
"""

from django.contrib.auth import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import clock, settings_store
from .context import current
from .errors import Unproven

PROVED = "_proved"

settings_store.declare(
    "access.proof_minutes",
    _("Minutes until one is asked again"),
    "number",
    default=10,
    group=settings_store.ACCESS,
    help=_("Changing a password, a second factor or an address to sign in with, and making a token ask again who one is when the last answer is older."),
    minimum=1,
    maximum=720,
    required=True,
)  # fmt: skip


def note(request: HttpRequest) -> None:
    """The user of this session has just proved who it is."""
    request.session[PROVED] = int(clock.now())


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is recent enough."""
    age: float = clock.now() - request.session.get(PROVED, 0)
    return -60 < age < int(settings_store.get("access.proof_minutes")) * 60


def demand() -> None:
    """Raise Unproven unless whoever acts has proved it lately."""
    if not current().proved():
        raise Unproven


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, **_facts: object) -> None:
    note(request)
