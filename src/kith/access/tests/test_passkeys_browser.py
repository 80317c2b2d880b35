"""Passkeys in a real browser with a virtual authenticator: registered, named, used alone and as second factor, removed; apps and demanded factors too."""

import re
import time
from typing import Any

import pytest

from kith.access import accounts
from kith.access.factors import keeping, totp
from kith.access.models import Passkey, RecoveryCode
from kith.core import proof, settings_store
from kith.core.access import SYSTEM
from kith.core.ledger import AuditEvent
from kith.core.testing import browser as browsing
from kith.core.testing.people import PASSWORD, client_of, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address that passkeys belong to."""
    settings.BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def people(transactional_db: None) -> Any:
    people = make_people()
    accounts.set_password(SYSTEM, people.eva, PASSWORD)
    people.clients.eva.force_login(people.eva)
    return people


class Device:
    """A virtual authenticator at a page: a phone that knows its owner's finger."""

    def __init__(self, page: Any, *, verifies: bool = True) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": verifies, "automaticPresenceSimulation": True,
        }})["authenticatorId"]  # fmt: skip

    def keys(self) -> list[dict[str, Any]]:
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def put(self, key: dict[str, Any]) -> None:
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": key})


def opened(new_page: Any, site: str, address: str, client: Any = None, **kind: Any) -> tuple[Any, Device]:
    page = new_page(client, **kind)
    device = Device(page)
    page.goto(site + address)
    return page, device


def register(page: Any, name: str = "My phone") -> None:
    page.click("#passkey-new")
    page.wait_for_selector("#register-passkey")
    page.fill("#passkey-name", name)
    page.keyboard.press("Enter")


def with_passkey(people: Any, new_page: Any, site: str) -> dict[str, Any]:
    """Eva has a passkey; what her device holds."""
    page, device = opened(new_page, site, "/profile", people.clients.eva)
    register(page)
    page.wait_for_selector("#codes")
    return device.keys()[0]


def fields(page: Any, password: str = PASSWORD) -> None:
    page.fill("#login", "eva@kith.test")
    page.fill("#login-password", password)
    page.keyboard.press("Enter")


def arrives(page: Any, address: str) -> None:
    page.wait_for_url(address)


def test_a_passkey_is_registered_named_and_removed(people: Any, new_page: Any, site: str) -> None:
    page, device = opened(new_page, site, "/profile", people.clients.eva)
    register(page, "Red key")
    page.wait_for_selector("#codes")
    assert len(page.input_value("#codes").split()) == 10 == RecoveryCode.objects.count()
    assert len(device.keys()) == 1
    page.click("#codes-done")
    page.locator("#factors b", has_text="Red key").wait_for()
    key = Passkey.objects.get()
    page.click(f"#passkey-name-{key.pk}")
    page.fill("#passkey-called", "Blue key")
    page.keyboard.press("Enter")
    page.locator("#factors b", has_text="Blue key").wait_for()
    page.click(f"#passkey-remove-{key.pk}")
    page.locator("#toasts", has_text="The passkey is removed.").wait_for()
    browsing.until(page, "!document.querySelector('#codes-new')")
    assert not Passkey.objects.exists() and not RecoveryCode.objects.exists()
    page.goto(site + "/profile")
    assert page.url == site + "/profile"
    whats = AuditEvent.objects.filter(kind="rights", record_id=people.eva.pk).values_list("detail__what", flat=True)
    assert list(whats.order_by("pk"))[-2:] == ["passkey added", "passkey removed"]


def test_the_same_device_is_not_registered_twice(people: Any, new_page: Any, site: str) -> None:
    page, _device = opened(new_page, site, "/profile", people.clients.eva)
    register(page)
    page.click("#codes-done")
    register(page, "Again")
    page.locator("#toasts", has_text="No passkey was used.").wait_for()
    assert Passkey.objects.count() == 1


def test_one_signs_in_with_a_passkey_alone(people: Any, new_page: Any, site: str) -> None:
    key = with_passkey(people, new_page, site)
    page, device = opened(new_page, site, "/login?next=/companies/")
    device.put(key)
    page.click("#use-passkey")
    arrives(page, site + "/companies/")
    assert AuditEvent.objects.filter(kind="login").latest("pk").detail == {"how": "passkey"}
    assert Passkey.objects.get().used_at


def test_a_passkey_is_the_second_factor(people: Any, new_page: Any, site: str) -> None:
    key = with_passkey(people, new_page, site)
    page, device = opened(new_page, site, "/login?next=/companies/")
    fields(page)
    arrives(page, site + "/login/factor?next=%2Fcompanies%2F")
    page.goto(site + "/companies/")
    assert page.url == site + "/login?next=/companies/"
    fields(page)
    arrives(page, site + "/login/factor?next=%2Fcompanies%2F")
    page.wait_for_selector("#use-passkey")
    device.put(key)
    page.click("#use-passkey")
    arrives(page, site + "/companies/")
    assert AuditEvent.objects.filter(kind="login").latest("pk").detail == {"how": "password, passkey"}


def test_a_copy_of_a_passkey_is_refused(people: Any, new_page: Any, site: str) -> None:
    key = with_passkey(people, new_page, site)
    Passkey.objects.update(count=1000)
    page, device = opened(new_page, site, "/login")
    device.put(key)
    page.click("#use-passkey")
    page.wait_for_selector("#login-password-err")
    assert "This passkey was not accepted." in page.inner_text("#login-password-err")
    page.goto(site + "/companies/")
    assert "/login" in page.url and Passkey.objects.get().count == 1000


@pytest.mark.parametrize("why", ["closed account", "removed passkey"])
def test_a_passkey_that_is_worth_nothing(people: Any, new_page: Any, site: str, why: str) -> None:
    from kith.core import writes

    key = with_passkey(people, new_page, site)
    if why == "closed account":
        people.eva.refresh_from_db()
        writes.save(SYSTEM, people.eva, {"is_active": False})
    else:
        Passkey.objects.all().delete()
    page, device = opened(new_page, site, "/login")
    device.put(key)
    page.click("#use-passkey")
    page.wait_for_selector("#login-password-err")
    page.goto(site + "/companies/")
    assert "/login" in page.url


def test_who_one_is_is_asked_over_the_page_and_the_act_repeated(people: Any, new_page: Any, site: str) -> None:
    key = with_passkey(people, new_page, site)
    people.eva.refresh_from_db()
    client = client_of(people.eva)
    for way in ("passkey", "password"):
        session = client.session
        session[proof.PROVED] = 0
        session.save()
        page, device = opened(new_page, site, "/profile", client)
        device.put(key | {"signCount": 50})
        page.click("#tokens-card header button")
        page.wait_for_selector("#signin[open] #proof-password")
        if way == "passkey":
            page.click("#use-passkey")
        else:
            page.fill("#proof-password", PASSWORD)
            page.fill("#proof-code", keeping.renew_codes(SYSTEM, people.eva)[0])
            page.keyboard.press("Enter")
        page.wait_for_selector("#modal[open] #token-name")
        assert page.locator("#signin[open]").count() == 0
        page.close()


def test_a_demanded_factor_is_set_up_by_keyboard_before_anything_else(people: Any, new_page: Any, site: str) -> None:
    settings_store.put(SYSTEM, "access.second_factor", True)
    page = new_page()
    page.goto(site + "/login?next=/companies/")
    fields(page)
    arrives(page, site + "/profile/factors/first")
    secret = page.input_value("#app-key").replace(" ", "")
    page.focus("#app-code")
    page.keyboard.type(totp.code_at(secret, int(time.time()) // 30))
    page.keyboard.press("Enter")
    page.wait_for_selector("#codes")
    page.click("#go-on")
    arrives(page, site + "/")
    assert keeping.of(people.eva).app


def test_a_demanded_factor_may_be_a_passkey(people: Any, new_page: Any, site: str) -> None:
    settings_store.put(SYSTEM, "access.second_factor", True)
    page, _device = opened(new_page, site, "/login")
    fields(page)
    arrives(page, site + "/profile/factors/first")
    page.wait_for_selector("#register-passkey")
    page.click("#register-passkey")
    page.wait_for_selector("#codes")
    assert Passkey.objects.get().user_id == people.eva.pk


def test_no_passkeys_where_no_browser_could_use_them(people: Any, new_page: Any, site: str, settings: Any) -> None:
    settings.BASE_URL = "http://192.168.1.10:8000"
    page, _device = opened(new_page, site, "/login")
    assert page.locator("[data-passkey]").count() == 0
    page, _device = opened(new_page, site, "/profile", people.clients.eva)
    assert page.locator("#passkey-new").count() == 0 and "Passkeys need an address with https" in page.inner_text(
        "#factors"
    )


#: Each size in each scheme, each language; the longest one where there is least room.
LOOKS = [("desk", "light", "en"), ("desk", "dark", "ru"), ("phone", "light", "zh-hans"), ("phone", "dark", "ru")]


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_every_page_and_dialog_is_accessible_and_fits(
    people: Any, new_page: Any, site: str, look: tuple[str, str, str]
) -> None:
    size, scheme, language = look
    from kith.core import writes

    people.eva.refresh_from_db()
    writes.save(SYSTEM, people.eva, {"language": language, "theme": "auto"})
    kind = {"size": size, "scheme": scheme}
    name = "-".join(look)
    page, _device = opened(new_page, site, f"/login?lang={language}", **kind)
    page.wait_for_selector("#use-passkey")
    browsing.look(page, f"login-{name}")
    settings_store.put(SYSTEM, "access.second_factor", True)
    fields(page)
    page.wait_for_selector("#register-passkey")
    browsing.look(page, f"first-{name}")
    page.click("#register-passkey")
    page.wait_for_selector("#codes")
    browsing.look(page, f"codes-{name}")
    page.goto(site + "/profile#factors")
    browsing.look(page, f"profile-{name}")
    for button, part in (
        ("#app-new", "#app-code"),
        ("#passkey-new", "#register-passkey"),
        ("[id^=passkey-name-]", "#passkey-called"),
    ):
        page.click(button)
        page.wait_for_selector(f"#modal[open] {part}")
        browsing.look(page, f"dialog{re.sub('[^a-z]', '', part)}-{name}")
        page.keyboard.press("Escape")
        browsing.until(page, "!document.querySelector('#modal[open]')")
    page.goto(site + "/proof")
    browsing.look(page, f"proof-{name}")
    page.close()
    page, _device = opened(new_page, site, f"/login?lang={language}", **kind)
    fields(page)
    page.wait_for_selector("#factor-code")
    page.fill("#factor-code", "000000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#factor-code-err")
    browsing.look(page, f"second-{name}")
