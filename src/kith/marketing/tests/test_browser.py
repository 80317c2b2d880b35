"""A story in a real browser: from a selection to a target list, shared out, called; every page on a phone, in the dark, without axe findings."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import client_of, grant, make_people, make_user
from kith.marketing import calling, members, queues, splitting

pytestmark = pytest.mark.django_db(transaction=True)
FOLK = (("Amara", "Okafor", "+442079460147"), ("Зинаида", "Платонова", "+74959876543"), ("Kenji", "Tanaka", "+81312345678"), ("Freja", "Mortensen", "+4522334455"))  # fmt: skip


def make(label: str, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), values)


def rows(label: str) -> Any:
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def ground(transactional_db: None) -> Any:
    """Eva, who shares out; Vera and Igor, who call; four people and a company that wants no calls."""
    custom_fields.forget()
    people = make_people()
    vera, igor = make_user("Vera Petrova"), make_user("Igor Lang")
    for user in (vera, igor):
        grant(user, ("*", "view", "own"), ("*", "edit", "own"), ("*", "create", "all"))
    folk = [make("parties.person", given_name=given, family_name=family, phone=phone, email=f"{phone[1:]}@example.org") for given, family, phone in FOLK]  # fmt: skip
    yield SimpleNamespace(people=people, vera=vera, igor=igor, folk=folk)
    custom_fields.forget()


def shared(ground: Any) -> Any:
    """The four on a list, shared out between Vera and Igor; one call of Vera's is noted, another one begun."""
    target_list = make("marketing.targetlist", name="Visitors of the fair", owner=ground.people.eva.pk)
    quiet = make("marketing.targetlist", name="Never", kind="suppression")
    silent = make("parties.company", name="Quiet GmbH")
    members.put(SYSTEM, target_list, [*(one.pk for one in ground.folk), silent.pk], "hand")
    members.put(SYSTEM, quiet, [silent.pk], "hand")
    made = splitting.share_out(
        actor_of(ground.people.eva.pk), [target_list], "Fair, first calls", [ground.vera.pk, ground.igor.pk], "round_robin",
        "You saw our gauge at the fair. What do you measure today?",
    )  # fmt: skip
    vera = actor_of(ground.vera.pk)
    calling.called(vera, [queues.take_next(vera)], "no_answer")
    queues.take_next(actor_of(ground.vera.pk))
    return SimpleNamespace(list=target_list, calls=made.made)


@pytest.fixture
def opened(visit_as: Any, ground: Any) -> Any:
    """Opens pages as somebody."""
    client = cache(client_of)
    return lambda user, address, **kind: visit_as(client(user), **kind)(address)


def choose(page: Any, field: str, text: str) -> None:
    """Choose somebody in a combobox by the name."""
    page.fill(f"#f-{field}", text)
    page.click(f"#f-{field}-list [role=option] >> text={text}")


def test_from_a_selection_to_the_next_call(opened: Any, ground: Any) -> None:
    page = opened(ground.people.eva, "/people/")
    for one in ground.folk[:3]:
        page.check(f"#row-{one.pk} [data-one]")
    page.click("[data-bulk$='/bulk/add_to_list']")
    page.fill("#modal [name=name]", "Autumn")
    page.click("#modal button[type=submit]")
    browsing.until(page, "!document.querySelector('#modal form')")
    made = rows("marketing.targetlist").get()
    assert (made.name, rows("marketing.targetlistmember").count()) == ("Autumn", 3)
    page = opened(ground.people.eva, f"/target-lists/{made.pk}/")
    page.click("#share-out")
    page.wait_for_selector("#share-out-form")
    choose(page, "reps", "Vera Petrova")
    choose(page, "reps", "Igor Lang")
    page.click("#share-out-look")
    page.wait_for_selector("#share-out-plan")
    assert page.locator("#share-out-plan tbody :is(th, td)").all_inner_texts() == [
        "Vera Petrova",
        "2",
        "0",
        "Igor Lang",
        "1",
        "0",
    ]
    assert not rows("marketing.calllistentry").exists()
    page.click("#share-out-do")
    page.wait_for_selector("#progress-table")
    assert rows("marketing.calllistentry").count() == 3
    page = opened(ground.vera, "/my-prospects")
    page.click("#call-next")
    page.wait_for_selector("#called-form")
    page.select_option("#f-outcome", "refused")
    page.fill("#f-note", "Not this year")
    page.click("#called-next")
    browsing.until(page, "document.querySelectorAll('#queue tbody tr').length === 1")
    done = rows("marketing.calllistentry").filter(owner=ground.vera.pk).order_by("pk")
    assert [(one.status, one.attempts, one.note) for one in done] == [
        ("refused", 1, "Not this year"),
        ("waiting", 0, ""),
    ]
    assert queues.current(actor_of(ground.vera.pk)).pk == done[1].pk
    page.select_option("#f-outcome", "callback")
    page.click("#called-save")
    page.wait_for_selector("#called-form .err")
    assert "Say when to call again." in page.inner_text("#called-form")


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_every_page_in_both_themes_and_sizes(opened: Any, ground: Any, size: str, scheme: str) -> None:
    made, kind = shared(ground), {"size": size, "scheme": scheme}
    person = ground.folk[0]
    for user, name, address in (
        (ground.people.eva, "target-list", f"/target-lists/{made.list.pk}/"),
        (ground.people.eva, "target-lists", "/target-lists/"),
        (ground.people.eva, "progress", f"/call-lists/{made.calls.pk}/?tab=progress"),
        (ground.people.eva, "person", f"/people/{person.pk}/"),
        (ground.people.eva, "prospects", "/prospects/"),
        (ground.vera, "my-prospects", "/my-prospects"),
        (ground.igor, "my-prospects-free", "/my-prospects"),
    ):
        browsing.look(opened(user, address, **kind), f"{name}-{size}-{scheme}")
    other = make("marketing.targetlist", name="Second round")
    members.put(SYSTEM, other, [ground.folk[0].pk, make("parties.company", name="Arbor Paper Ltd").pk], "hand")
    page = opened(ground.people.eva, f"/target-lists/{other.pk}/share-out", **kind)
    choose(page, "reps", "Igor Lang")
    page.click("#share-out-look")
    page.wait_for_selector("#share-out-left")
    page.click("#share-out-left summary")
    browsing.look(page, f"share-out-{size}-{scheme}")


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_in_other_languages(opened: Any, ground: Any, language: str) -> None:
    made = shared(ground)
    for user in (ground.people.eva, ground.vera):
        writes.save(SYSTEM, user, {"language": language})
    browsing.look(opened(ground.vera, "/my-prospects"), f"my-prospects-{language}")
    browsing.look(opened(ground.people.eva, f"/target-lists/{made.list.pk}/share-out"), f"share-out-{language}")
    browsing.look(opened(ground.people.eva, f"/call-lists/{made.calls.pk}/?tab=progress"), f"progress-{language}")
