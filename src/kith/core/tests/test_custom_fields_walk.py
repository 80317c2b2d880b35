"""A new field of every kind is there at once, on every surface: form, list, record, filter, order, search, files, API, rights, ledger, report, undo."""

import json
from decimal import Decimal

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entities.field_definition import FieldDefinition
from kith.core.entity import registry
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.field_facts import SEARCHED
from kith.core.filters import BadFilter, compile_filter, term
from kith.core.ledger import Change, ChangeSet
from kith.core.reports.tests.test_figures import ask, figures
from kith.core.tests.test_api import send, token

pytestmark = pytest.mark.django_db
KINDS = [str(kind) for kind in FieldDefinition.Kind]

#: As typed, as JSON of the API, words of the value that people see, a condition that finds it, and one that does not.
VALUES = {
    "text": ("Blue heron", "Blue heron", "Blue heron", "contains:heron", "is:heron"),
    "longtext": ("Two\nlines", "Two\nlines", "Two", "contains:lines", "contains:three"),
    "richtext": ("<p>Bold <b>word</b><script>x()</script></p>", "<p>Bold <b>word</b><script>x()</script></p>", "<b>word</b>", "contains:word", "contains:none"),
    "number": ("12.5", "12.50", "12.5", "gt:12", "gt:13"),
    "money": ("99.5 EUR", {"amount": "99.50", "currency": "EUR"}, "99.50", "ge:99", "lt:99"),
    "percent": ("7.25", "7.25", "7.25", "between:7,8", "lt:7"),
    "date": ("2026-03-04", "2026-03-04", "4 March 2026", "on:2026-03-04", "before:2026-03-04"),
    "moment": ("2026-03-04T10:00:00+00:00", "2026-03-04T10:00:00+00:00", "2026-03-04", "after:2026-03-01", "before:2026-03-01"),
    "boolean": ("true", True, "check", "is:true", "is:false"),
    "choice": ("alpha", "alpha", "First letter", "any:alpha", "any:beta"),
    "choices": ("alpha, beta", ["alpha", "beta"], "First letter", "has:beta", "has:gamma"),
    "words": ("red, green", ["red", "green"], "red", "has:green", "has:blue"),
    "url": ("example.org/heron", "https://example.org/heron", "example.org", "contains:heron", "is:x"),
    "mail": ("Heron@example.org", "heron@example.org", "heron@example.org", "contains:heron", "is:x"),
    "phone": ("+4769184321", "+4769184321", "69 18 43 21", "contains:184321", "is:x"),
    "country": ("Norway", "NO", "Norway", "any:NO", "any:SE"),
    "address": ("Heron street 5", {"street": "Heron street 5"}, "Heron street 5", "contains:heron", "contains:eagle"),
}  # fmt: skip
NEW = {
    "choice": {"options": ["alpha", "beta"], "looks": {"alpha": {"hue": "rose", "label": "First letter", "ru": "Первая буква"}}},
    "choices": {"options": ["alpha", "beta", "gamma"], "looks": {"alpha": {"hue": "rose", "label": "First letter"}}},
    "number": {"decimals": 2}, "percent": {"decimals": 2}, "link": {"target": "catalogue.product"},
}  # fmt: skip


def define(kind, **more):
    values = {"entity": "parties.company", "name": f"x_{kind}", "label": f"Own {kind}", "kind": kind, **NEW.get(kind, {}), **more}  # fmt: skip
    return writes.create(SYSTEM, registry.get("core.fielddefinition"), values)


def case(kind):
    """The values of one kind; a link needs a record to lead to."""
    if kind != "link":
        return VALUES[kind]
    product = writes.create(SYSTEM, registry.get("catalogue.product"), {"name": "Heron scale", "code": "H-1"})
    return str(product.pk), str(product.pk), "Heron scale", f"any:{product.pk}", "empty"


def asked(text):
    companies = registry.get("parties.company")
    return list(companies.rows(SYSTEM).filter(compile_filter(companies, term(text), SYSTEM)).values_list("name", flat=True))  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_of_every_kind_is_everywhere_at_once(people, kind):  # one walk through all surfaces
    client, companies, name = people.clients.eva, registry.get("parties.company"), f"x_{kind}"
    typed, given, shown, finds, misses = case(kind)
    definition = define(kind, is_searched=kind in SEARCHED)

    # form and record
    form = client.get("/companies/new?full=1").content.decode()
    assert f'name="{name}"' in form and f"Own {kind}" in form
    posted = [part.strip() for part in typed.split(",")] if kind in ("choices",) else typed
    posted = {name: posted} if kind != "money" else {name: "99.5", f"{name}.currency": "EUR"}
    answer = client.post("/companies/new?full=1", {"name": "Filled", **posted})
    assert answer.status_code in (200, 204, 302), answer.content.decode()[-3000:]
    record = companies.rows(SYSTEM).get()
    assert companies.fields[name].type.dump(companies.fields[name].get(record), companies.fields[name]) == given
    page = client.get(f"/companies/{record.pk}/").content.decode()
    assert f"Own {kind}" in page and shown in page and "<script>x()" not in page

    # list: column, order, groups
    writes.create(SYSTEM, companies, {"name": "Empty"})
    look = client.get(f"/companies/?cols=name,{name}").content.decode()
    assert f'data-column="{name}"' in look and (shown in look or kind in ("richtext", "date"))
    if companies.fields[name].sortable:
        for way in ("", "-"):
            rows = client.get(f"/companies/?cols=name,{name}&sort={way}{name}").content.decode()
            assert rows.index(">Filled<") < rows.index(">Empty<")  # without a value comes last
        assert client.get(f"/companies/?group={name}").status_code == 200

    # filter, with the editor of conditions
    assert (asked(f"{name}:{finds}"), asked(f"{name}:{misses}")) == (["Filled"], ["Empty"] if kind == "link" else [])
    if kind != "boolean":  # either true or not
        assert (asked(f"{name}:filled"), asked(f"{name}:empty")) == (["Filled"], ["Empty"])
    assert ">Filled<" in client.get(f"/companies/?f={name}:{finds}").content.decode()

    # search
    words = {"phone": "69184321", "words": "green", "longtext": "lines"}.get(kind, "heron")
    hits = client.get(f"/companies/?q={words}").content.decode()
    assert (">Filled<" in hits) == (kind in SEARCHED)

    # API and its document
    api = token(people.eva)
    told = api.get(f"/api/v1/companies/{record.pk}").json()
    assert told[name] == given
    made = send(api, "post", "companies", {"name": "By API", name: given})
    assert (made.status_code, made.json()[name]) == (201, given)
    document = api.get("/api/v1/openapi.json").content.decode()
    assert document.count(f'"{name}"') >= 2
    wrong = send(api, "post", "companies", {"name": "Bad", name: {"nonsense": 1}})
    assert (wrong.status_code, name in wrong.content.decode(), companies.rows(SYSTEM).count()) == (422, True, 3)

    # files out and in
    exported = b"".join(
        client.get(f"/companies/export?format=json&cols=name,{name}&f=name:is:Filled").streaming_content
    )
    assert json.loads(exported)[0][name]
    cell = "H-1" if kind == "link" else typed.replace("\n", " ")
    path = {"to": name, "by": "code"} if kind == "link" else name
    done = imported("parties.company", f'Name,Own\nBy file,"{cell}"\n', columns(Name="name", Own=path))
    assert (done.summary.added, done.rejected) == (1, [])
    assert companies.fields[name].get(companies.rows(SYSTEM).get(name="By file")) is not None

    # ledger and undo of the value
    writes.save(SYSTEM, record, {name: None})
    change = Change.objects.filter(record_id=record.pk).latest("at", "id")
    assert (change.before[name], change.after[name]) == (given, None if kind not in ("choices", "words") else change.after[name])  # fmt: skip
    assert asked(f"{name}:{finds}").count("Filled") == 0
    undo.undo(SYSTEM, ChangeSet.objects.order_by("-pk")[0].pk)
    assert "Filled" in asked(f"{name}:{finds}")
    history = client.get(f"/companies/{record.pk}/history/{name}")
    assert history.status_code == 200

    # report: what can be grouped or added up
    if kind in ("choice", "boolean", "country", "date", "text", "link"):
        table = ask("parties.company", f"{name}:month" if kind == "date" else name)
        assert sum(numbers[0] for numbers in figures(table).values()) == 4
    if kind in ("number", "percent", "money"):
        (total,) = figures(ask("parties.company", "", "", f"sum:{name}")).values()
        assert getattr(total[0], "amount", total[0]) == 3 * Decimal(typed.split(" ")[0])

    # rights on the field
    rule = writes.create(SYSTEM, registry.get("access.fieldpolicy"), {"role": people.roles.all.pk, "entity": "parties.company", "field": name, "level": "none", "deny": True})  # fmt: skip
    assert name not in people.clients.eva.get(f"/companies/{record.pk}/").content.decode()
    assert name not in api.get(f"/api/v1/companies/{record.pk}").json()
    with pytest.raises(BadFilter):
        compile_filter(companies, term(f"{name}:{finds}"), actor_of(people.eva.pk))
    writes.delete(SYSTEM, registry.get("access.fieldpolicy"), [rule.pk])

    # retired, back again, deleted, back again
    for way in ("retire", "delete"):
        if way == "retire":
            writes.save(SYSTEM, definition, {"is_retired": True})
        else:
            writes.delete(SYSTEM, registry.get("core.fielddefinition"), [definition.pk])
        assert name not in companies.fields and name not in client.get(f"/companies/{record.pk}/").content.decode()
        writes.save(SYSTEM, companies.rows(SYSTEM).get(pk=record.pk), {"description": way})
        if way == "retire":
            writes.save(SYSTEM, definition, {"is_retired": False})
        else:
            writes.restore(SYSTEM, registry.get("core.fielddefinition"), [definition.pk])
        assert companies.fields[name].get(companies.rows(SYSTEM).get(pk=record.pk)) is not None
