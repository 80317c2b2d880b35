"""The configuration as files: the round trip is the identity; plan, apply, prune, undo; errors with file and line."""

import random
from typing import Any

import pytest
from django.db import transaction

from kith.core import custom_fields, undo, writes
from kith.core.access import SYSTEM
from kith.core.configuration import applying, documents, yaml_text
from kith.core.configuration.kinds import Scope, scope
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.testing import factory

from .setup import build, make

pytestmark = pytest.mark.django_db
PLAIN = Scope()


@pytest.fixture
def files(people: Any) -> Any:
    """The files of a full configuration, which is gone again."""
    point = transaction.savepoint_create()
    build()
    found, left_out = applying.export(PLAIN)
    assert left_out == []
    transaction.savepoint_rollback(point)
    custom_fields.forget()
    return found


def problems(files: Any, **more: Any) -> list[str]:
    before = ChangeSet.objects.count()
    found = applying.apply(SYSTEM, PLAIN, files, **more)
    assert found.changeset is None and ChangeSet.objects.count() == before
    return [str(problem) for problem in found.problems]


def test_the_round_trip_is_the_identity(files: Any) -> None:
    assert applying.export(PLAIN)[0] != files
    found = applying.apply(SYSTEM, PLAIN, files, reason="test")
    assert [str(problem) for problem in found.problems] == []
    assert applying.export(PLAIN)[0] == files
    assert applying.plan(SYSTEM, PLAIN, files).differences == []
    assert (ChangeSet.objects.get(pk=found.changeset).kind, ChangeSet.objects.get(pk=found.changeset).reason) == (
        "configuration",
        "test",
    )


def test_whatever_stands_in_the_settings_is_carried() -> None:
    wanted = scope(people=True)
    left = {entity.label for entity in registry if entity.menu == "settings"} - {
        entity.label for entity in wanted.every()
    }
    assert left == {"core.exchangerate", "access.user"}  # rates go along when asked for; users are people


def test_an_object_a_formula_over_a_roll_up_and_a_layout_come_from_nothing(files: Any) -> None:
    assert applying.apply(SYSTEM, PLAIN, files).problems == []
    vessel = registry.get("objects.vessel")
    company = make("parties.company", name="Rederi AS")
    for tons in ("10", "20", "30"):
        make("objects.vessel", name=tons, company=company, x_tonnage=tons)
    with pytest.raises(Refused) as refused:
        make("objects.vessel", name="Great", x_tonnage="5000")
    assert refused.value.errors == {"company": ["Whose?"]} and vessel.rows(SYSTEM).count() == 3
    kind = registry.get("parties.company")
    row = kind.rows(SYSTEM).get(pk=company.pk)
    assert [str(kind.fields[name].get(row)) for name in ("x_fleet", "x_a_half")] == ["3.00", "1.50"]


def test_what_is_given_to_single_users_goes_along_only_when_asked_for(people: Any) -> None:
    user = build()
    plain, _left = applying.export(PLAIN)
    assert user.email not in "".join(plain.values())
    with_people, _left = applying.export(scope(people=True))
    assert (
        with_people["roles.yaml"].count(user.email) == 1 and with_people["assignment-rules.yaml"].count(user.email) == 1
    )
    point = transaction.savepoint_create()
    for label in ("access.role", "distribution.assignmentrule"):
        gone = registry.get(label).rows(SYSTEM).filter(name__in=["Auditor", "By area"])
        writes.delete(SYSTEM, registry.get(label), [row.pk for row in gone])
    assert applying.apply(SYSTEM, scope(people=True), with_people).problems == []
    assert applying.export(scope(people=True))[0] == with_people
    transaction.savepoint_rollback(point)
    # Applying files without people leaves what single users were given.
    assert applying.apply(SYSTEM, PLAIN, plain, prune=True).differences == []


def test_no_id_and_no_secret_is_in_the_files(files: Any) -> None:
    from kith.core.configuration.portable import ID

    assert not ID.search("".join(files.values()))
    for entity in scope(people=True).every():
        for name, spec in scope(people=True).fields(entity).items():
            assert not spec.sensitive and spec.editable and "password" not in name, (entity.label, name)


def test_records_are_named_as_people_know_them(files: Any) -> None:
    assert (
        "name: Inside\n" in files["departments.yaml"]
        and "parent:\n      - Kith / Ltd\n      - Sales\n" in files["departments.yaml"]
    )
    assert "value:\n            - Hot\n" in files["roles.yaml"]
    assert "name: 'no'" in files["industries.yaml"] and "name: '12'" in files["industries.yaml"]
    assert "description: |-\n      two\n      lines" in files["groups.yaml"]
    assert "Mine only" not in files["views.yaml"] and "- me" in files["views.yaml"]
    assert "exchange-rates.yaml" not in files


def test_rates_go_along_when_asked_for(people: Any) -> None:
    build()
    wanted = scope(further=["exchange-rates"])
    files, _left = applying.export(wanted)
    assert "currency: NOK" in files["exchange-rates.yaml"]
    rates = registry.get("core.exchangerate")
    writes.delete(SYSTEM, rates, [row.pk for row in rates.rows(SYSTEM)])
    assert applying.apply(SYSTEM, wanted, files).problems == []
    assert applying.export(wanted)[0] == files
    with pytest.raises(Refused):
        scope(further=["users"])


def test_a_change_is_planned_applied_and_undone(people: Any) -> None:
    build()
    before, _left = applying.export(PLAIN)
    files = dict(before)
    files["roles.yaml"] = (
        files["roles.yaml"]
        .replace("Sees what is hot.", "Sees much.")
        .replace("operation: edit\n        level: own", "operation: edit\n        level: team", 1)
    )
    files["tags.yaml"] = files["tags.yaml"].replace("records:\n", "records:\n  - name: Cold\n")
    plan = applying.plan(SYSTEM, PLAIN, files)
    lines = [line for one in plan.differences for line in one.lines()]
    assert "+ tag “Cold”" in lines and "    description: 'Sees what is hot.' -> 'Sees much.'" in lines
    assert applying.export(PLAIN)[0] == before
    found = applying.apply(SYSTEM, PLAIN, files)
    assert found.problems == [] and found.counts == plan.counts
    assert applying.export(PLAIN)[0] == files
    assert undo.undo(SYSTEM, found.changeset).refused == []
    assert applying.export(PLAIN)[0] == before


def test_a_record_with_an_external_id_is_renamed_not_doubled(people: Any) -> None:
    build()
    files, _left = applying.export(PLAIN)
    source = registry.get("parties.source").rows(SYSTEM).get(external_ids=["old:7"])
    files["sources.yaml"] = files["sources.yaml"].replace("'Fair: autumn'", "Autumn")
    files["lead-forms.yaml"] = files["lead-forms.yaml"].replace("'Fair: autumn'", "Autumn")
    found = applying.apply(SYSTEM, PLAIN, files, prune=True)
    assert (found.problems, found.counts) == ([], {"add": 0, "change": 2, "remove": 0})
    assert registry.get("parties.source").rows(SYSTEM).get().pk == source.pk and applying.export(PLAIN)[0] == files


def test_a_published_process_gets_a_new_edition(people: Any) -> None:
    before, _left = applying.export(PLAIN)
    entity = registry.get("processes.process")
    old = entity.configured().get(entity="sales.opportunity")
    deal = factory.make("sales.opportunity")
    files = dict(before)
    added = "      - key: demo\n        name: Demo\n        position: 2\n"
    at = files["processes.yaml"].index(
        "    stages:\n", files["processes.yaml"].index("entity: sales.opportunity")
    ) + len("    stages:\n")
    files["processes.yaml"] = files["processes.yaml"][:at] + added + files["processes.yaml"][at:]
    assert applying.apply(SYSTEM, PLAIN, files).problems == []
    new = entity.configured().get(entity="sales.opportunity")
    assert (new.edition, new.series) == (old.edition + 1, old.series) and deal.process_id == old.pk
    assert applying.plan(SYSTEM, PLAIN, files).differences == []
    # Words and figures of a stage need no new edition.
    files["processes.yaml"] = files["processes.yaml"].replace("name: Demo", "name: Show")
    assert applying.apply(SYSTEM, PLAIN, files).problems == []
    assert entity.configured().get(entity="sales.opportunity").pk == new.pk


def test_prune_removes_what_is_not_in_the_files_unless_it_is_used(people: Any) -> None:
    build()
    files, _left = applying.export(PLAIN)
    used, free = make("parties.source", name="Used"), make("parties.source", name="Free")
    factory.make("parties.company", source=str(used.pk), name="Lind")
    assert applying.apply(SYSTEM, PLAIN, files).differences == []
    assert problems(files, prune=True) == ["(installation):0: source “Used” is still used by company “Lind”."]
    files["sources.yaml"] += "  - name: Used\n"
    found = applying.apply(SYSTEM, PLAIN, files, prune=True)
    assert (found.problems, found.counts) == ([], {"add": 0, "change": 0, "remove": 1})
    assert not registry.get("parties.source").rows(SYSTEM).filter(pk=free.pk).exists()


def test_what_a_condition_names_is_not_pruned(people: Any) -> None:
    build()
    files, _left = applying.export(PLAIN)
    files["tags.yaml"] = "kind: core.tag\nrecords: []\n"
    (problem, *_more) = problems(files, prune=True)
    assert "Hot" not in problem and "still named there" in problem


def test_kinds_without_a_file_stay(people: Any) -> None:
    build()
    before, _left = applying.export(PLAIN)
    tags = {"tags.yaml": before["tags.yaml"]}
    assert applying.apply(SYSTEM, PLAIN, tags, prune=True).differences == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind: core.tag\nrecords:\n  - name: A\n    colour: red\n", "tags.yaml:4: “colour” is no value of such a record"),
        ("kind: core.tag\nrecords:\n  - name: A\n  - name: A\n", "tags.yaml:4: “A” stands here already, in line 3"),
        ("kind: core.tag\nrecords:\n  - hue: red\n", "tags.yaml:3: Give name: by it such a record is known"),
        ("kind: core.tag\nrecords:\n  - name: A\n    position: x\n", "tags.yaml:4: position: Not a number"),
        ("kind: core.tag\nrecords:\n  - name: A\n    position: -4\n", "tags.yaml:4: position: Too small"),
        ("kind: core.tig\nrecords: []\n", "tags.yaml:1: “core.tig” is no kind of configuration"),
        ("kind: core.tag\nrecords: [\n", "tags.yaml:3: This is no YAML"),
        ("kind: core.tag\nkind: core.tag\nrecords: []\n", "tags.yaml:2: “kind” stands here twice"),
        ("kind: core.tag\nrecords: &a []\n", "tags.yaml:2: Anchors"),
        ("kind: core.tag\nrecords: !!python/object:x []\n", "tags.yaml:2: “tag:yaml.org,2002:python/object:x” is not"),
        ("kind: core.tag\nrecords:\n  - name: A\n    position: !!float nan\n", "tags.yaml:4: “tag:yaml.org,2002:float” is not"),
        ("kind: core.tag\nrecords:\n  - name: A\n    position: !!int 1_0\n", "tags.yaml:4: “tag:yaml.org,2002:int” is not"),
        ("kind: core.view\nrecords:\n  - name: A\n    is_public: !!bool maybe\n", "tags.yaml:4: “tag:yaml.org,2002:bool” is not"),
        ("- x\n", "tags.yaml:1: A file has “kind” and “records”"),
        ("kind: core.tag\nrecords:\n  - name: A\n    tags: [B]\n", "tags.yaml:4: tags: There is no such record: tag “B”"),
        ("kind: access.group\nrecords:\n  - name: A\n    group-members:\n      - child: Nobody\n", "tags.yaml:5: child: There is no such record: group “Nobody”"),
        ("kind: access.role\nrecords:\n  - name: A\n    policy-rules:\n      - entity: nothing\n        operation: view\n", "tags.yaml:5: entity: Unknown kind of record"),
        ("kind: core.tag\nrecords: " + "[" * 5000 + "]" * 5000 + "\n", "tags.yaml:2: Nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_line(people: Any, text: str, words: str) -> None:
    found = problems({"tags.yaml": text})
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize("name", ["true", "1000000000000000000000", '"a\\0b"', '"\\ud800"', "[A, B]"])
def test_a_name_that_no_record_can_have_names_none(people: Any, name: str) -> None:
    text = f"kind: parties.territory\nrecords:\n  - name: North\n    manager: {name}\n"
    before = ChangeSet.objects.count()
    found = applying.apply(SYSTEM, scope(people=True), {"territories.yaml": text})
    assert found.changeset is None and ChangeSet.objects.count() == before
    assert any(
        "manager: There is no such record" in str(one) or "This is no YAML" in str(one) for one in found.problems
    ), found.problems


def test_equal_names_are_a_conflict_that_is_named(people: Any) -> None:
    make("access.group", name="Twin", description="one")
    make("access.group", name="Twin", description="two")
    with pytest.raises(Refused, match="Two records of the kind “group” are called “Twin”"):
        applying.export(PLAIN)
    assert problems({"tags.yaml": "kind: core.tag\nrecords: []\n"}) == [
        "(installation):0: Two records of the kind “group” are called “Twin”; rename one of them."
    ]


def test_a_user_without_the_right_applies_nothing(people: Any) -> None:
    found = applying.apply(people.actors.ann, PLAIN, {"tags.yaml": "kind: core.tag\nrecords:\n  - name: A\n"})
    assert found.changeset is None and "tags.yaml:3: You lack the right" in str(found.problems[0])
    assert not registry.get("core.tag").rows(SYSTEM).filter(name="A").exists()


def test_what_names_a_record_of_this_installation_is_left_out_and_told(people: Any) -> None:
    company = factory.make("parties.company", name="Lind")
    make(
        "core.view",
        entity="parties.person",
        name="Of Lind",
        is_public=True,
        filter={"field": "employer", "op": "any", "value": [str(company.pk)]},
    )
    files, left_out = applying.export(PLAIN)
    assert "Of Lind" not in files["views.yaml"] and len(left_out) == 1 and "“Of Lind”" in left_out[0]
    assert applying.apply(SYSTEM, PLAIN, files, prune=True).differences == []


@pytest.mark.parametrize("seed", range(6))
def test_any_part_of_a_configuration_can_be_gone_back_to(people: Any, seed: int) -> None:
    """Random records and values go; with prune the installation is then as the files say, or refuses and stays; and back again."""
    build()
    whole, _left = applying.export(PLAIN)
    chance = random.Random(seed)
    files = {
        name: yaml_text.write(thinned(yaml_text.read(text).value, chance))
        for name, text in whole.items()
        if name not in ("processes.yaml", "tags.yaml")
    }
    found = applying.apply(SYSTEM, PLAIN, files, prune=True)
    now, _left = applying.export(PLAIN)
    assert ({name: now[name] for name in files} == files) if not found.problems else now == whole
    assert applying.apply(SYSTEM, PLAIN, whole, prune=True).problems == []
    assert applying.export(PLAIN)[0] == whole


def thinned(value: Any, chance: random.Random) -> Any:
    records = [record for record in value["records"] if chance.random() > 0.2]
    for record in records:
        for name, inner in record.items():
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                record[name] = [part for part in inner if chance.random() > 0.3]
    return {"kind": value["kind"], "records": records}


def test_every_value_of_yaml_comes_back() -> None:
    value = {
        "kind": "x",
        "records": [
            "no",
            "yes",
            "null",
            "",
            "~",
            "12",
            12,
            "1.50",
            1.5,
            True,
            None,
            "2026-01-02",
            "12:30",
            "a: b",
            "# c",
            "- d",
            " e ",
            "f\ng",
            "f\n\n g\n",
            "é中文",
            "0x1f",
            "1_000",
            "!x",
            "&y",
            "*z",
            "'q",
            '"r',
            "{",
            "[",
            "\t",
            "x\u2028y",
        ],
    }
    assert yaml_text.read(yaml_text.write(value)).value == value


def test_a_declared_entity_is_carried_without_more(people: Any) -> None:
    labels = {entity.label for entity in PLAIN.every()}
    assert {"parties.relationshiptype", "processes.transition", "access.rolegrant", "core.setting"} <= labels
    assert "access.user" not in labels and "parties.company" not in labels
    assert documents.END == ".yaml"


@pytest.mark.parametrize(("depth", "is_done"), [(applying.ROUNDS, True), (applying.ROUNDS + 10, False)])
def test_files_whose_order_takes_no_end_are_refused_after_some_rounds(
    monkeypatch: Any, depth: int, is_done: bool
) -> None:
    """Each names the one behind it: every round writes one of them, and thousands of them would hold the database for hours."""
    work, done, tried = object.__new__(applying.Work), set[int](), list[int]()
    work.watch = lambda: None

    def attempt(_self: Any, one: int, _step: Any) -> list[str]:
        tried.append(one)
        if one + 1 < depth and one + 1 not in done:
            return [f"{one} names {one + 1}"]
        done.add(one)
        return []

    monkeypatch.setattr(applying.Work, "attempt", attempt)
    left = work.settle(list(range(depth)), print)  # type: ignore[arg-type]
    assert (left == []) is is_done
    assert len(tried) <= applying.ROUNDS * depth
