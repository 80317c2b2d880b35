"""Races in the small: a few threads on one database; `python -m tests.races.drill` has 64 clients of a running Kith."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


@pytest.fixture
def send():
    """Requests of an administrator's program."""
    from tests.crash.ground import administrator
    from tests.races.together import inside

    from kith.core import custom_fields
    from kith.processes import shipped

    custom_fields.forget()
    shipped.install()
    yield inside(administrator().token)
    custom_fields.forget()


def test_what_many_do_to_one_record_is_in_order_and_the_oracles_see_what_is_not(send):
    from tests.races.cases import RACES

    for name, race in RACES.items():
        assert race(send, CLIENTS, f"Fair {name}") == [], name
        assert race(send, CLIENTS, f"Careless {name}", careless=True) != [], name


def test_what_several_do_at_once_happens_once_and_the_oracles_see_what_does_not(send):
    from tests.races.cases import ALONE

    for name, race in ALONE.items():
        assert race(2, f"Fair {name}") == [], name
        assert race(2, f"Careless {name}", careless=True) != [], name
