"""Codes are good once, also when many use one at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from kith.access.factors import keeping, recovery, totp
from kith.access.models import Authenticator
from kith.core.access import actor_of
from kith.core.testing.people import make_user


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_at_once_one_wins(kind: str) -> None:
    ada = make_user("Ada")
    secret = totp.new_secret()
    step = int(time.time()) // totp.SECONDS
    typed = keeping.add_app(actor_of(ada.pk), ada, secret, totp.code_at(secret, step))[0]
    Authenticator.objects.update(step=0)
    use = totp.use if kind == "app" else recovery.use
    typed = totp.code_at(secret, step) if kind == "app" else typed

    def once(_number: int) -> bool:
        try:
            return use(ada, typed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(16))) == 1
