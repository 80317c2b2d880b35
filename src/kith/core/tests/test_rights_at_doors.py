"""What doors ask before they act: only what was named and may be touched is touched, and what is refused changes nothing."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from kith.core import access, cleaning, files, history, timeline_changes, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.history import as_data, feed, visible_values, within
from kith.core.ledger import Change, ChangeSet
from kith.core.merging.merge import merge
from kith.core.testing import factory
from kith.core.testing.people import client_of, fresh, grant, make_user
from kith.core.ui import list_bulk, record_related, record_rights, trash_ui
from kith.core.views import saved_views

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"


def kind(label: str = COMPANY) -> Any:
    return registry.get(label)


@pytest.fixture
def firms(people: SimpleNamespace) -> dict[str, Any]:
    """Two of Ann's and one of Eva's."""
    owners = {"One": people.ann, "Two": people.ann, "Hers": people.eva}
    return {name: factory.make(COMPANY, name=name, owner=owner.pk) for name, owner in owners.items()}


def there() -> set[str]:
    return set(kind().rows(SYSTEM).values_list("name", flat=True))


def trash() -> set[str]:
    return set(kind().rows(SYSTEM, trashed=True).values_list("name", flat=True))


def keys(*records: Any) -> list[Any]:
    return [record.pk for record in records]


def limit(role: Any, field: str, level: str = "none", label: str = COMPANY) -> None:
    values = {"role": role.pk, "entity": label, "field": field, "level": level, "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)


# --- writing ------------------------------------------------------------------------------------------------------------


def test_without_the_right_nothing_is_made(people: SimpleNamespace) -> None:
    user = make_user("Una")
    grant(user, (COMPANY, "view", "all"), (COMPANY, "edit", "all"), ("parties.person", "create", "all"))
    for make in (lambda: writes.create(fresh(user), kind(), {"name": "New"}), lambda: writes.create_many(fresh(user), kind(), [{"name": "New"}])):  # fmt: skip
        with pytest.raises(Forbidden) as refused:
            make()
        assert refused.value.right == f"{COMPANY}:create" and there() == set()


def test_of_many_those_are_changed_that_may_be_and_the_others_told(
    people: SimpleNamespace, firms: dict[str, Any]
) -> None:
    one, two, hers = firms.values()
    done = writes.update_many(people.actors.ann, kind(), keys(one, hers, one), {"website": "https://new.example"})
    assert keys(*done.records) == [one.pk] and [key for key, _why in done.skipped] == [hers.pk]
    changed = set(kind().rows(SYSTEM).filter(website="https://new.example").values_list("pk", flat=True))
    assert changed == {one.pk} and two.version == kind().rows(SYSTEM).get(pk=two.pk).version
    grant(people.ann, (COMPANY, "view", "all"))  # to see is not to change
    done = writes.update_many(fresh(people.ann), kind(), keys(two, hers), {"website": "https://two.example"})
    assert keys(*done.records) == [two.pk] and [key for key, _why in done.skipped] == [hers.pk]
    assert kind().rows(SYSTEM).get(website="https://two.example").pk == two.pk


def test_only_what_is_named_goes_into_the_trash_and_comes_back(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, two, hers = firms.values()
    ann = people.actors.ann
    done = writes.delete(ann, kind(), keys(one, hers))
    assert keys(*done.records) == [one.pk] and [key for key, _why in done.skipped] == [hers.pk]
    assert (there(), trash()) == ({"Two", "Hers"}, {"One"})
    writes.delete(SYSTEM, kind(), keys(two, hers))
    done = writes.restore(ann, kind(), keys(one, hers))
    assert keys(*done.records) == [one.pk] and [key for key, _why in done.skipped] == [hers.pk]
    assert (there(), trash()) == ({"One"}, {"Two", "Hers"})


def test_to_see_is_not_to_delete_nor_to_restore(firms: dict[str, Any]) -> None:
    user, one = make_user("Una"), firms["One"]
    grant(user, (COMPANY, "view", "all"), (COMPANY, "edit", "all"))
    done = writes.delete(fresh(user), kind(), keys(one))
    assert (done.records, [key for key, _why in done.skipped]) == ([], [one.pk]) and "One" in there()
    writes.delete(SYSTEM, kind(), keys(one))
    done = writes.restore(fresh(user), kind(), keys(one))
    assert (done.records, [key for key, _why in done.skipped]) == ([], [one.pk]) and trash() == {"One"}


def test_what_was_merged_comes_back_from_its_merge_only(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, two, _hers = firms.values()
    merge(SYSTEM, kind(), keys(one, two), survivor=one.pk)
    eva = people.actors.eva
    for actor in (eva, SYSTEM):
        with pytest.raises(Missing):
            access.fetch(kind(), actor, two.pk, "delete", trashed=True)
        assert access.fetch(kind(), actor, two.pk, "delete", trashed=True, merged=True).pk == two.pk
    done = writes.restore(eva, kind(), keys(two))
    assert done.records == [] and [key for key, _why in done.skipped] == [two.pk] and trash() == {"Two"}
    assert list(trash_ui.rows(kind(), eva)) == []


# --- erasing ------------------------------------------------------------------------------------------------------------


def test_erasing_needs_its_right_and_what_may_be_deleted(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, two, hers = firms.values()
    writes.delete(SYSTEM, kind(), keys(one, hers))
    gone = {name: kind().rows(SYSTEM, trashed=True).get(name=name) for name in ("One", "Hers")}
    with pytest.raises(Forbidden) as refused:
        writes.purge(people.actors.ann, kind(), [gone["One"]])
    assert refused.value.right == "system:trash_purge" and trash() == {"One", "Hers"}
    grant(people.ann, ("system", "trash_purge", "all"), (COMPANY, "view", "all"))
    ann = fresh(people.ann)
    for records, error in (([gone["Hers"]], Forbidden), ([gone["One"], gone["Hers"]], Forbidden), ([two], Refused), ([gone["One"], two], Refused)):  # fmt: skip
        with pytest.raises(error):
            writes.purge(ann, kind(), records)
        assert (trash(), there()) == ({"One", "Hers"}, {"Two"})
    factory.make(COMPANY, name="Three")
    writes.delete(SYSTEM, kind(), keys(two))
    writes.purge(ann, kind(), [gone["One"], gone["One"]])
    assert (trash(), there()) == ({"Two", "Hers"}, {"Three"})
    writes.purge(SYSTEM, kind(), list(kind().rows(SYSTEM)))
    assert (trash(), there()) == ({"Two", "Hers"}, set())


def test_the_page_erases_what_was_chosen(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, two, hers = firms.values()
    writes.delete(SYSTEM, kind(), keys(one, two, hers))
    address = f"/trash/{kind().slug}/erase?go=1"
    for who in ("ann", "tom", "max"):
        answer = getattr(people.clients, who).post(address, {"ids": str(one.pk), "word": "erase"})
        assert answer.status_code in (403, 404) and trash() == {"One", "Two", "Hers"}
    assert people.clients.eva.post(address, {"ids": str(one.pk), "word": "no"}).status_code == 422
    assert trash() == {"One", "Two", "Hers"}
    assert people.clients.eva.post(address, {"ids": str(one.pk), "word": "erase"}).status_code < 300
    assert trash() == {"Two", "Hers"}
    grant(people.ann, ("system", "trash_purge", "all"))
    answer = people.clients.ann.post(address, {"ids": str(hers.pk), "word": "erase"})
    assert answer.status_code >= 400 and trash() == {"Two", "Hers"}


def test_the_trash_has_the_kinds_that_may_be_deleted(people: SimpleNamespace) -> None:
    user = make_user("Una")
    grant(user, (COMPANY, "delete", "own"), ("parties.person", "view", "all"), ("parties.person", "edit", "all"))
    assert {COMPANY, "parties.person"} & {entity.label for entity in trash_ui.kinds(fresh(user))} == {COMPANY}
    found = {entity.label for entity in trash_ui.kinds(people.actors.eva)}
    assert {COMPANY, "parties.person", "activities.task", "activities.note"} <= found
    assert not {"parties.party", "parties.contactpoint", "parties.employment", "access.rolegrant"} & found
    assert trash_ui.kinds(people.actors.max) == []
    assert all(access.allowed(people.actors.tom, entity, "delete") for entity in trash_ui.kinds(people.actors.tom))
    with pytest.raises(Missing):
        trash_ui.kind_of(fresh(user), kind("parties.person").slug)


def test_the_trash_shows_what_may_be_deleted(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, two, hers = firms.values()
    user = make_user("Una")
    grant(user, (COMPANY, "view", "all"), (COMPANY, "delete", "all", False, {"field": "name", "op": "is", "value": "Two"}))  # fmt: skip
    writes.delete(SYSTEM, kind(), keys(one, two, hers))
    found = {who: {row.name for row in trash_ui.rows(kind(), actor)} for who, actor in (("una", fresh(user)), ("ann", people.actors.ann), ("max", people.actors.max), ("eva", people.actors.eva))}  # fmt: skip
    assert found == {"una": {"Two"}, "ann": {"One", "Two"}, "max": set(), "eva": {"One", "Two", "Hers"}}


def test_who_may_not_erase_is_not_asked_for_the_word(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one = firms["One"]
    writes.delete(SYSTEM, kind(), keys(one))
    asked = {who: getattr(people.clients, who).post(f"/trash/{kind().slug}/erase", {"ids": str(one.pk)}).status_code for who in ("ann", "eva")}  # fmt: skip
    assert asked == {"ann": 403, "eva": 200} and trash() == {"One"}


# --- the API ------------------------------------------------------------------------------------------------------------


def ask(client: Any, method: str, address: str, body: Any = None) -> Any:
    return client.generic(method, f"/api/v1/{address}", json.dumps(body) if body is not None else "", "application/json")  # fmt: skip


def test_the_history_needs_its_right(firms: dict[str, Any]) -> None:
    user, one = make_user("Una"), firms["One"]
    role = grant(user, (COMPANY, "view", "all"))
    address = f"{kind().slug}/{one.pk}/history"
    assert ask(client_of(user), "GET", address).status_code == 403
    assert ask(client_of(user), "GET", f"{kind().slug}/{one.pk}?provenance=1").status_code == 403
    grant(user, (COMPANY, "history", "all"))
    answer = ask(client_of(user), "GET", address)
    assert answer.status_code == 200 and answer.json()["results"][-1]["after"]["name"] == "One"
    limit(role, "name")
    assert "name" not in ask(client_of(user), "GET", address).json()["results"][-1]["after"]


def test_an_external_id_of_a_hidden_record_names_nothing(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    writes.save(SYSTEM, firms["Hers"], {"external_ids": ["erp-1"]})
    writes.save(SYSTEM, firms["One"], {"external_ids": ["erp-2"]})
    before = kind().rows(SYSTEM).get(pk=firms["Hers"].pk)
    address = f"{kind().slug}/by-external-id/erp-1"
    answer = ask(people.clients.ann, "PUT", address, {"website": "https://new.example"})
    assert answer.status_code not in (200, 404)
    kept = kind().rows(SYSTEM).get(pk=before.pk)
    assert (kept.version, kept.website) == (before.version, before.website)
    answer = ask(people.clients.ann, "PUT", f"{kind().slug}/by-external-id/erp-2", {"website": "https://new.example"})
    assert (answer.status_code, answer.json()["id"]) == (200, str(firms["One"].pk))


def test_each_operation_of_many_asks_for_its_right(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    user, one = make_user("Una"), firms["One"]
    grant(user, (COMPANY, "view", "all"))
    operations = [{"op": "create", "values": {"name": "New"}}, {"op": "update", "id": str(one.pk), "values": {"name": "New"}}, {"op": "delete", "id": str(one.pk)}]  # fmt: skip
    answer = ask(client_of(user), "POST", f"{kind().slug}/bulk", {"operations": operations})
    assert [result["status"] for result in answer.json()["results"]] == [403, 403, 403]
    assert there() == {"One", "Two", "Hers"} and trash() == set()
    hers = str(firms["Hers"].pk)
    operations = [{"op": "update", "id": hers, "values": {"name": "New"}}, {"op": "delete", "id": hers}]
    answer = ask(people.clients.ann, "POST", f"{kind().slug}/bulk", {"operations": operations})
    assert [result["status"] for result in answer.json()["results"]] == [404, 404]
    assert there() == {"One", "Two", "Hers"} and trash() == set()


def test_restoring_by_the_api_asks_for_the_right(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, _two, hers = firms.values()
    writes.delete(SYSTEM, kind(), keys(one, hers))
    user = make_user("Una")
    grant(user, (COMPANY, "view", "all"))
    assert ask(client_of(user), "POST", f"{kind().slug}/{one.pk}/restore").status_code == 403
    assert ask(people.clients.ann, "POST", f"{kind().slug}/{hers.pk}/restore").status_code == 404
    assert trash() == {"One", "Hers"}
    assert ask(people.clients.ann, "POST", f"{kind().slug}/{one.pk}/restore").status_code == 200
    assert trash() == {"Hers"}


# --- the ledger -----------------------------------------------------------------------------------------------------------


def test_the_timeline_tells_changes_by_the_right_to_the_history(firms: dict[str, Any]) -> None:
    one, _two, hers = firms.values()
    for firm in (one, hers):
        writes.save(SYSTEM, firm, {"website": "https://new.example"})
    user = make_user("Una")

    def told(*records: Any) -> set[tuple[Any, str]]:
        condition = timeline_changes.readable(fresh(user), kind(), keys(*records))
        return {(change.record_id, change.op) for change in Change.objects.filter(condition)}

    made = {(one.pk, "create"), (hers.pk, "create")}
    grant(user, (COMPANY, "view", "all"))
    assert told(one, hers) == made and told(one) == {(one.pk, "create")}
    grant(user, (COMPANY, "history", "all", False, {"field": "name", "op": "is", "value": "One"}))
    assert told(one, hers) == made | {(one.pk, "update")}
    assert told(hers) == {(hers.pk, "create")}
    grant(user, (COMPANY, "history", "all"))
    assert told(one, hers) == made | {(one.pk, "update"), (hers.pk, "update")}
    writes.delete(SYSTEM, kind(), keys(hers))  # who may read all of them reads those of what is in the trash too
    assert told(hers) == {(hers.pk, "create"), (hers.pk, "update"), (hers.pk, "delete")}


def test_lines_of_changes_are_those_of_readable_fields(firms: dict[str, Any]) -> None:
    user = make_user("Una")
    role = grant(user, (COMPANY, "view", "all"))
    before, after = {"website": "https://old.example", "phone": "+4769184123"}, {"website": "https://new.example", "email": "a@new.example", "gone_field": 1}  # fmt: skip

    def named() -> list[str]:
        return [spec.name for spec, _old, _new in timeline_changes.lines(fresh(user), kind(), before, after)]

    assert sorted(named()) == ["email", "phone", "website"]
    limit(role, "website")
    assert sorted(named()) == ["email", "phone"]
    assert visible_values(kind(), fresh(user), after | before) == {"email": "a@new.example", "phone": "+4769184123"}


def test_the_feed_tells_in_full_what_may_be_known(firms: dict[str, Any]) -> None:
    user = make_user("Una")
    grant(user, (COMPANY, "view", "all"), (COMPANY, "history", "all", False, {"field": "name", "op": "is", "value": "One"}))  # fmt: skip
    entries = list(Change.objects.filter(entity=COMPANY).order_by("id"))
    one, two, hers = firms.values()
    assert within(fresh(user), COMPANY, "history", entries) == {one.pk}
    assert within(fresh(user), COMPANY, "view", entries) == {one.pk, two.pk, hers.pk}
    writes.delete(SYSTEM, kind(), keys(two))
    assert within(fresh(user), COMPANY, "view", entries) == {one.pk, two.pk, hers.pk}
    assert within(fresh(user), COMPANY, "view", entries[:1]) == {one.pk}
    assert within(fresh(user), "parties.nothing", "view", entries) == set()
    assert within(fresh(user), "parties.person", "view", entries) == set()
    change = entries[0]
    told = [as_data(kind(), fresh(user), change, ChangeSet.objects.get(pk=change.changeset_id), in_full=full) for full in (True, False)]  # fmt: skip
    assert told[0]["title"] == "One" and told[0]["after"]["name"] == "One" and told[0]["by"] == "Kith"
    assert (told[1]["title"], told[1]["after"], told[1]["before"], told[1]["by"], told[1]["kind"]) == ("", {}, {}, "", "")  # fmt: skip
    assert feed(fresh(make_user("Max")), 0, 1000, COMPANY)[0] == []


def test_the_feed_has_what_may_be_seen(firms: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "settled", Change.objects.all)  # the running transaction made them
    user, one, two = make_user("Una"), firms["One"], firms["Two"]
    some = {"any": [{"field": "name", "op": "is", "value": name} for name in ("One", "Two")]}
    grant(user, (COMPANY, "view", "all", False, some), (COMPANY, "history", "all", False, some["any"][0]))
    values = {"at": timezone.now(), "changeset_id": uuid4(), "record_id": one.pk, "op": "update", "title": "Gone"}
    last = Change.objects.create(entity="parties.gone", **values)  # of a kind that there is no more
    found, cursor = feed(fresh(user), 0, 1000)
    told = [(entry["id"], entry["title"]) for entry in found if entry["entity"] in (COMPANY, "parties.gone")]
    assert told == [(str(one.pk), "One"), (str(two.pk), "")] and cursor == last.pk
    assert [entry["title"] for entry in feed(SYSTEM, 0, 1000, COMPANY)[0]] == ["One", "Two", "Hers"]


# --- pages ----------------------------------------------------------------------------------------------------------------


def test_what_may_be_done_with_a_record_is_asked_of_that_record(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    user, one = make_user("Una"), firms["One"]
    grant(user, (COMPANY, "view", "all"), (COMPANY, "edit", "all", False, {"field": "name", "op": "is", "value": "One"}), (COMPANY, "share", "all"))  # fmt: skip
    for name, mine in (("One", {"edit", "share"}), ("Two", {"share"})):
        for load in (record_rights.fetch, lambda entity, actor, key: entity.rows(actor).get(pk=key)):
            actor = fresh(user)
            record = load(kind(), actor, firms[name].pk)
            wanted = ("edit", "delete", "share", "history")
            assert record_rights.may(actor, kind(), record, ("share",)) == {"share"}
            assert record_rights.may(actor, kind(), record, wanted) == mine
            assert record_rights.may(actor, kind(), record, ("edit",)) == mine & {"edit"}
            assert record_rights.may(actor, kind(), record) & set(wanted) == mine
    with pytest.raises(Missing):
        record_rights.fetch(kind(), people.actors.max, one.pk)


def test_what_is_known_of_a_record_is_not_asked_again(firms: dict[str, Any], django_assert_num_queries: Any) -> None:
    user, one = make_user("Una"), firms["One"]
    grant(user, (COMPANY, "view", "all"), (COMPANY, "edit", "all", False, {"field": "name", "op": "is", "value": "One"}), (COMPANY, "share", "all"))  # fmt: skip
    actor = fresh(user)
    assert record_rights.told(kind(), actor, ("edit", "delete", "share")) == ({"edit": False, "delete": False, "share": True}, ["edit"])  # fmt: skip
    fetched, loaded = record_rights.fetch(kind(), actor, one.pk), kind().rows(actor).get(pk=one.pk)
    for record, wanted, queries, mine in ((fetched, ("edit", "delete", "share", "history"), 0, {"edit", "share"}), (loaded, ("delete", "share"), 0, {"share"}), (loaded, ("edit",), 1, {"edit"}), (loaded, ("edit", "share", "delete"), 0, {"edit", "share"})):  # fmt: skip
        with django_assert_num_queries(queries):
            assert record_rights.may(actor, kind(), record, wanted) == mine


def test_fields_for_many_records_are_those_that_may_be_written(firms: dict[str, Any]) -> None:
    user = make_user("Una")
    role = grant(user, (COMPANY, "view", "all"))
    assert list_bulk.editable(kind(), fresh(user)) == []
    grant(user, (COMPANY, "edit", "own"))
    limit(role, "website", "read")
    names = {spec.name for spec in list_bulk.editable(kind(), fresh(user))}
    assert "phone" in names and not {"website", "created_at"} & names
    assert all(kind().fields[name].type.flat for name in names)


def test_related_lists_are_offered_to_who_sees_such_records(firms: dict[str, Any], settings: Any) -> None:
    settings.ACCESS_VIA_TASK = False  # a task could open any of them
    user = make_user("Una")
    role = grant(user, (COMPANY, "view", "all"))

    def offered() -> bool:
        pairs = record_related.offered(kind(), fresh(user))
        return ("sales.opportunity", "company") in {(other.label, related.link) for related, other in pairs}

    assert not offered()
    grant(user, ("sales.opportunity", "view", "own"))
    assert offered()
    limit(role, "company", label="sales.opportunity")
    assert not offered()


def test_a_file_is_given_to_who_reads_its_field(people: SimpleNamespace) -> None:
    user = make_user("Una")
    role = grant(user, ("parties.person", "view", "all"))
    person = factory.make("parties.person", photo=files.ticket(SYSTEM, files.store([b"picture"])))
    address = f"/{kind('parties.person').slug}/{person.pk}/file"
    browser = client_of(user)
    assert browser.get(f"{address}/photo").status_code == 200
    assert [browser.get(f"{address}/{name}").status_code for name in ("email", "nothing")] == [404, 404]
    limit(role, "photo", label="parties.person")
    assert browser.get(f"{address}/photo").status_code == 404
    assert people.clients.max.get(f"{address}/photo").status_code == 404


def test_the_api_asks_for_the_right_before_it_reads_what_was_sent(firms: dict[str, Any]) -> None:
    user, one = make_user("Una"), firms["One"]
    grant(user, (COMPANY, "view", "all"))
    address = f"{kind().slug}/{one.pk}"
    for body in ({"name": "New"}, {"no_such_field": 1}, ["no record"]):
        assert ask(client_of(user), "PATCH", address, body).status_code == 403
        assert ask(client_of(user), "POST", kind().slug, body).status_code == 403
    assert ask(client_of(user), "DELETE", address).status_code == 403
    assert ask(client_of(user), "DELETE", f"{address}?no_such=1").status_code == 403
    kept = kind().rows(SYSTEM).get(pk=one.pk)
    assert (kept.name, kept.version) == ("One", one.version) and trash() == set()
    grant(user, (COMPANY, "edit", "all"), (COMPANY, "delete", "all"))
    assert ask(client_of(user), "PATCH", address, {"name": "New"}).json()["name"] == "New"
    assert ask(client_of(user), "DELETE", address).status_code == 204 and trash() == {"New"}


def test_an_action_asks_for_its_right(people: SimpleNamespace) -> None:
    user, other = make_user("Una"), make_user("Otto")
    users = kind("access.user")
    grant(user, ("access.user", "view", "all"), ("access.user", "edit", "all"))
    address = f"{users.slug}/{other.pk}/actions/deactivate"
    assert ask(client_of(user), "POST", address, {}).status_code == 403
    assert ask(client_of(user), "POST", f"{users.slug}/{other.pk}/actions/nothing", {}).status_code == 404
    assert users.rows(SYSTEM).get(pk=other.pk).is_active
    grant(user, ("access.user", "deactivate", "all"))
    assert ask(client_of(user), "POST", address, {"no_such_field": 1}).status_code == 400
    assert users.rows(SYSTEM).get(pk=other.pk).is_active
    assert ask(client_of(user), "POST", address, {}).status_code == 200
    assert not users.rows(SYSTEM).get(pk=other.pk).is_active


# --- values on their way in ---------------------------------------------------------------------------------------------


def test_a_part_of_a_public_record_needs_the_right_on_that_record(people: SimpleNamespace) -> None:
    user = make_user("Una")
    pool, member = kind("distribution.pool"), kind("distribution.poolmember")
    theirs, mine = (writes.create(SYSTEM, pool, {"name": name, "entity": "sales.lead", "owner": owner.pk}) for name, owner in (("Hers", people.eva), ("Mine", user)))  # fmt: skip
    grant(user, ("distribution.pool", "edit", "own"))
    with pytest.raises(Forbidden) as refused:
        writes.create(fresh(user), member, {"pool": theirs.pk, "user": user.pk})
    assert refused.value.right == "distribution.pool:edit" and not member.rows(SYSTEM).exists()
    assert writes.create(fresh(user), member, {"pool": mine.pk, "user": user.pk}).pool_id == mine.pk


def test_what_may_be_named_is_what_may_be_seen(people: SimpleNamespace, firms: dict[str, Any]) -> None:
    one, hers, ann = firms["One"].pk, firms["Hers"].pk, people.actors.ann
    assert cleaning.visible(ann, COMPANY, {one, hers}) == {one}
    assert cleaning.visible(ann, COMPANY, {one, hers}, "edit") == {one}
    assert cleaning.visible(people.actors.tom, COMPANY, {one, hers}) == {one}
    assert cleaning.visible(SYSTEM, COMPANY, {hers}) == {hers}
    assert cleaning.visible(ann, "parties.nothing", {hers}) == set()
    users = {people.max.pk, people.eva.pk}
    token = replace(ann, kind="token", scopes=frozenset({f"{COMPANY}:edit"}), memo={})
    assert cleaning.visible(token, "access.user", users) == users == cleaning.visible(ann, "access.user", users)
    assert cleaning.visible(ann, "access.user", users, "edit") == set()
    assert cleaning.visible(access.NOBODY, "access.user", users) == set()


def test_what_is_given_to_new_records_only_is_not_changed_later(people: SimpleNamespace) -> None:
    user, deal = make_user("Una"), kind("sales.opportunity")
    grant(user, *(("sales.opportunity", operation, "all") for operation in ("view", "edit", "create", "import")))
    record = factory.make("sales.opportunity", owner=user.pk)
    with pytest.raises(Refused) as refused:
        writes.save(fresh(user), record, {"stage_at": "2020-01-01T00:00:00Z"})
    assert refused.value.errors == {"stage_at": [cleaning.TOO_LATE]}
    kept = deal.rows(SYSTEM).get(pk=record.pk)
    assert (kept.stage_at, kept.version) == (record.stage_at, record.version)


# --- saved views ----------------------------------------------------------------------------------------------------------


def test_saved_views_are_ones_own_those_of_ones_groups_and_of_all(people: SimpleNamespace) -> None:
    def made(name: str, owner: Any, **more: Any) -> None:
        facts = {"entity": COMPANY, "columns": ["name"], "filter": {}, "sort": ["name"]}
        writes.create(SYSTEM, kind("core.view"), {"name": name, "owner": owner.pk, **facts, **more})

    made("of Ann", people.ann)
    made("of Eva", people.eva)
    made("for North", people.eva, shared_with=[str(people.north.pk)])
    made("for all", people.eva, is_public=True)
    made("of people", people.ann, entity="parties.person")
    seen = {who: {view.name for view in saved_views(kind(), getattr(people.actors, who))} for who in ("ann", "tom", "eva", "max")}  # fmt: skip
    own = {name for views in seen.values() for name in views} - {"of Ann", "of Eva", "for North", "for all"}
    told = {who: views - own for who, views in seen.items()}
    assert told == {"ann": {"of Ann", "for North", "for all"}, "tom": {"for North", "for all"}, "eva": {"of Eva", "for North", "for all"}, "max": {"for all"}}  # fmt: skip
    views = kind("core.view")
    user = make_user("Una")
    made("of Una", user)

    def reached(actor: Any, operation: str) -> set[str]:
        return set(views.rows(actor, operation).values_list("name", flat=True)) & {"of Una", "of Ann", "of Eva", "for North", "for all"}  # fmt: skip

    assert reached(fresh(user), "view") == {"of Una", "for all"} and reached(fresh(user), "edit") == {"of Una"}
    assert reached(fresh(user), "delete") == {"of Una"} and reached(fresh(user), "export") == set()
    writes.create(SYSTEM, kind("access.groupmember"), {"group": people.north.pk, "user": user.pk})
    assert reached(fresh(user), "view") == {"of Una", "for North", "for all"}
    assert reached(fresh(user), "edit") == {"of Una"}
    nobody = replace(fresh(user), id=None, memo={}, kept=None)
    assert reached(nobody, "edit") == set() and "of Una" not in reached(nobody, "view")


def test_of_users_one_changes_only_oneself(people: SimpleNamespace) -> None:
    user, other, users = make_user("Una"), make_user("Otto"), kind("access.user")
    assert users.rows(fresh(user), "edit").get() == user
    for operation in ("delete", "export", "history", "share"):
        assert not users.rows(fresh(user), operation).exists()
    assert not users.rows(replace(fresh(user), kind="token", memo={}, kept=None), "edit").exists()
    assert not users.rows(replace(fresh(user), id=None, memo={}, kept=None), "edit").exists()
    assert writes.save(fresh(user), user, {"language": "ru"}).language == "ru"
    for values in ({"kind": "service"}, {"language": "en", "shortcuts": True, "is_active": False}):
        with pytest.raises(Forbidden):
            writes.save(fresh(user), user, values)
    with pytest.raises(Forbidden):
        writes.save(fresh(user), other, {"language": "ru"})
    kept = users.rows(SYSTEM).get(pk=user.pk)
    assert (kept.kind, kept.is_active, kept.language, users.rows(SYSTEM).get(pk=other.pk).language) == (
        "person",
        True,
        "ru",
        other.language,
    )
