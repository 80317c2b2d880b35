"""Settings of the company: defaults, values, exceptions for records; who may change them, how that is undone and shown."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import custom_fields, undo, weeks, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.exchange import mapping
from kith.core.ledger import Change, ChangeSet
from kith.core.settings_store import get, put
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant

pytestmark = pytest.mark.django_db


def stored():
    return {
        (row.name, row.subject_entity): row.value for row in registry.get("core.setting").rows(SYSTEM)
    }  # fmt: skip


def test_without_a_value_the_default_holds_and_an_unknown_name_is_an_error(people):
    assert (get("default_country"), get("week_start"), get("access.via_task")) == ("DE", "monday", True)
    assert mapping.standard() == mapping.Mapping()
    with pytest.raises(LookupError, match=r"no setting 'wek_start'; there are: access\.proof_minutes"):
        get("wek_start")


def test_a_value_holds_at_once_is_in_the_ledger_and_undone(people):
    changes = put(people.actors.eva, "week_start", "sunday")
    assert get("week_start") == "sunday"
    change = Change.objects.get(changeset_id=changes.id)
    assert (change.entity, change.title, change.after["value"]) == ("core.setting", "Weeks begin on", "sunday")
    assert ChangeSet.objects.get(pk=changes.id).actor_name == "Eva All"
    undo.undo(people.actors.eva, changes.id)
    assert get("week_start") == "monday" and stored() == {}


def test_a_record_may_have_a_value_of_its_own(people):
    warsaw, berlin = (factory.make("people.orgunit", name=name) for name in ("Warsaw", "Berlin"))
    put(people.actors.eva, "default_country", "PL", scope=warsaw)
    put(people.actors.eva, "default_country", "AT")
    found = [get("default_country", scope=scope) for scope in (warsaw, berlin, None, ("people.orgunit", None))]
    assert found == ["PL", "AT", "AT", "AT"]
    put(people.actors.eva, "default_country", None, scope=warsaw)
    assert get("default_country", scope=warsaw) == "AT"
    assert stored() == {("default_country", ""): "AT"}


@pytest.mark.parametrize("who", ["ann", "tom", "max"])
def test_only_who_may_change_settings_does(people, who):
    before = Change.objects.count()
    with pytest.raises(Forbidden):
        put(getattr(people.actors, who), "week_start", "sunday")
    client = getattr(people.clients, who)
    assert client.get("/settings/company").status_code == 403
    assert client.post("/settings/company", {"week_start": "sunday", "was.week_start": "monday"}).status_code == 403
    assert client.post("/settings/company/default_country", {"default_country": "PL"}).status_code == 403
    made = client.post("/setting-values/new", {"name": "week_start", "value": '"sunday"'})
    assert made.status_code == (404 if who == "max" else 403)
    assert get("week_start") == "monday" and Change.objects.count() == before


def test_the_right_to_change_settings_is_enough(people):
    grant(people.tom, ("system", "settings", "all"))
    put(fresh(people.tom), "week_start", "saturday")
    assert get("week_start") == "saturday"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("week_start", "friday", "Not one of the choices"),
        ("default_country", "Atlantis", "Unknown country"),
        ("access.via_task", "perhaps", ""),
        ("public_mail_domains", 7, "Expected a list of texts"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(people, name, value, words):
    with pytest.raises(Refused) as error:
        put(people.actors.eva, name, value)
    assert list(error.value.errors) == [name] and words in str(error.value.errors[name][0])
    assert stored() == {}


def test_only_declared_settings_and_scopes_can_be_stored(people):
    settings = registry.get("core.setting")
    company = factory.make("parties.company")
    about = f"parties.company/{company.pk}"
    for values, field in (
        ({"name": "no.such", "value": 1}, "name"),
        ({"name": "week_start", "value": "friday"}, "value"),
        ({"name": "week_start"}, "value"),
        ({"name": "default_country", "value": "PL", "subject": about}, "subject"),
    ):
        with pytest.raises(Refused) as error:
            writes.create(people.actors.eva, settings, values)
        assert list(error.value.errors) == [field]
    put(people.actors.eva, "week_start", "sunday")
    with pytest.raises(Refused):
        writes.create(people.actors.eva, settings, {"name": "week_start", "value": "saturday"})
    assert stored() == {("week_start", ""): "sunday"}


def test_values_are_read_once_and_anew_after_a_change(people):
    put(people.actors.eva, "week_start", "sunday")
    get("week_start")
    with CaptureQueriesContext(connection) as caught:
        assert [get("week_start"), get("default_country"), get("import.strategy")] == ["sunday", "DE", "add_or_update"]
    assert len(caught) == 0
    custom_fields.known()["settings"] = {"week_start": {None: "saturday"}}  # what another process still has in memory
    put(people.actors.eva, "default_country", "AT")
    actor_of(people.ann.pk)
    assert get("week_start") == "sunday"


# --- what they do -----------------------------------------------------------------------------------------------------


def test_phones_are_read_in_the_country_of_the_company_or_of_the_department(people):
    unit = factory.make("people.orgunit", name="Warsaw")
    put(people.actors.eva, "default_country", "NO")
    put(people.actors.eva, "default_country", "PL", scope=unit)
    one = factory.make("parties.person", phone="22 12 34 56")
    assert one.phone == "+4722123456"
    two = factory.make("parties.person", org_unit=str(unit.pk))
    assert writes.save(SYSTEM, two, {"phone": "22 123 45 67"}, typed=True).phone == "+48221234567"


def test_imports_begin_as_the_company_wants(people):
    put(people.actors.eva, "import.strategy", "update")
    put(people.actors.eva, "import.skip_equal_rows", True)
    assert mapping.standard() == mapping.Mapping(strategy="update", skip_equal=True)


def test_weeks_begin_as_the_company_wants(people):
    day = dt.date(2026, 11, 25)
    assert weeks.week_start(day) == dt.date(2026, 11, 23)
    put(people.actors.eva, "week_start", "sunday")
    assert weeks.week_start(day) == dt.date(2026, 11, 22)


def test_a_further_public_domain_tells_no_company(people):
    from kith.parties.matching import keys_of

    def domains():
        return {
            key.key
            for key in keys_of("company", {"name": "A", "email": "a@village.example"}, {})
            if key.kind == "domain"
        }

    assert domains() == {"village.example"}
    put(people.actors.eva, "public_mail_domains", ["@Village.example"])
    assert domains() == set() and "gmail.com" in get("public_mail_domains")


def test_a_task_opens_its_record_only_while_the_company_wants_it(people):
    company = factory.make("parties.company", owner=str(people.eva.pk))
    factory.make("activities.task", subject=f"parties.company/{company.pk}", assignee=str(people.ann.pk))
    rows = registry.get("parties.company").rows
    assert rows(actor_of(people.ann.pk)).filter(pk=company.pk).exists()
    put(people.actors.eva, "access.via_task", False)
    assert not rows(actor_of(people.ann.pk)).filter(pk=company.pk).exists()


# --- the page ---------------------------------------------------------------------------------------------------------


def posted(**given):
    return {f"{kind}{name}": value for name, (was, new) in given.items() for kind, value in (("was.", was), ("", new))}


def test_the_page_saves_what_was_changed_on_it_and_takes_defaults_back(people):
    client = people.clients.eva
    put(people.actors.eva, "week_start", "saturday")
    html = client.get("/settings/company").content.decode()
    assert 'name="was.week_start" value="saturday"' in html and "Without a setting:" in html
    # Somebody else has set the country meanwhile; this page did not touch it.
    put(people.actors.eva, "default_country", "AT")
    answer = client.post(
        "/settings/company",
        posted(week_start=("saturday", "monday"), default_country=("DE", "DE"), access__via_task=("True", "True")),
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200 and "/undo/" in answer.headers["HX-Trigger"]
    assert stored() == {("default_country", ""): "AT"}


def test_the_page_names_the_setting_that_cannot_be_saved_and_saves_nothing(people):
    answer = people.clients.eva.post(
        "/settings/company", posted(week_start=("monday", "sunday"), default_country=("DE", "Atlantis"))
    )
    assert answer.status_code == 422 and "Unknown country" in answer.content.decode()
    assert stored() == {}


def test_an_exception_is_made_shown_and_ended(people):
    unit = factory.make("people.orgunit", name="Warsaw")
    address = "/settings/company/default_country"
    assert "Department" in people.clients.eva.get(address).content.decode()
    made = people.clients.eva.post(address, {"scope.people.orgunit": str(unit.pk), "default_country": "PL"})
    assert made.status_code == 204 and get("default_country", scope=unit) == "PL"
    html = people.clients.eva.get("/settings/company").content.decode()
    assert "Warsaw" in html and "Poland" in html
    assert people.clients.eva.post(address, {"default_country": "PL"}).status_code == 422
    people.clients.eva.post(address, {"scope.people.orgunit": str(unit.pk), "end": "1"})
    assert get("default_country", scope=unit) == "DE" and stored() == {}
    assert people.clients.eva.get("/settings/company/week_start").status_code == 404
