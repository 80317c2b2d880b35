"""Custom fields of all kinds with values in every row of people and opportunities, and what is measured with them (`kith bench --fields 30`).

Values follow from the id of a row, so that two data sets of one size hold the same. They are written past the write path, as
the copies of the moulds are; the ledger tells nothing of them.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from psycopg import sql

from kith.core import field_indexes, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.kept import building
from kith.core.postgres import Server

from . import indexes
from .cases import PEOPLE, Case, Send, a_list
from .client import Answer, Browser
from .ground import Ground

OPPORTUNITIES = "sales.opportunity"
TABLES = {PEOPLE: ("parties_party", "kind = 'person'"), OPPORTUNITIES: ("sales_opportunity", "true")}
CHOICES = tuple(f"choice {number}" for number in range(12))
WORDS = ("blue heron", "red kite", "grey seal", "серая цапля", "蓝色鹭", "white stork", "black grouse")
#: The values of each kind, made of a number `h` of the row; those that are often filtered carry an index.
VALUES = {
    "number": "to_jsonb((h % 100000)::text)", "choice": "to_jsonb('choice ' || h % 12)", "date": "to_jsonb((date '2020-01-01' + h % 3000)::text)",
    "text": "to_jsonb((ARRAY['blue heron', 'red kite', 'grey seal', 'серая цапля', '蓝色鹭', 'white stork', 'black grouse'])[1 + h % 7] || ' ' || h % 5000)",
    "money": "jsonb_build_object('amount', (h % 1000000)::text, 'currency', 'EUR')", "boolean": "to_jsonb(h % 3 = 0)", "percent": "to_jsonb((h % 101)::text)",
    "moment": "to_jsonb((timestamptz '2020-01-01 00:00+00' + h % 100000000 * interval '1 second')::text)", "country": "to_jsonb((ARRAY['NO', 'DE', 'RU', 'CN', 'GB'])[1 + h % 5])",
    "words": "jsonb_build_array('word ' || h % 40, 'word ' || h % 17)", "choices": "jsonb_build_array('choice ' || h % 12)", "url": "to_jsonb('https://example.org/' || h % 100000)",
    "mail": "to_jsonb('m' || h % 100000 || '@example.org')", "phone": "to_jsonb('+4769' || lpad((h % 1000000)::text, 6, '0'))", "longtext": "to_jsonb('A note of some length about the ' || h % 997)",
}  # fmt: skip
INDEXED = frozenset({"number", "choice", "date", "text", "money"})
FILL = "UPDATE {table} SET custom = custom || jsonb_build_object({values}) FROM (SELECT id AS key, {numbers} FROM {table}) AS drawn WHERE id = key AND {face}"
NUMBER = re.compile(r"\bh\b")
Say = Callable[[str], None]


def kinds(count: int) -> list[tuple[str, str]]:
    """Name and kind of so many fields; the first of each kind that is often filtered is indexed."""
    every = list(VALUES)
    return [(f"x_{every[at % len(every)]}_{at // len(every)}", every[at % len(every)]) for at in range(count)]


def has(count: int) -> bool:
    """Whether the data set has them."""
    rows = (
        registry.get("core.fielddefinition")
        .rows(SYSTEM)
        .filter(entity__in=TABLES, name__in=[name for name, _kind in kinds(count)])
    )
    return bool(rows.count() == count * len(TABLES))


def add(server: Server, count: int, say: Say) -> None:
    """Define the fields, give every row its values, build their indexes."""
    entity = registry.get("core.fielddefinition")
    for label in TABLES:
        for name, kind in kinds(count):
            facts = {"options": list(CHOICES)} if kind in ("choice", "choices") else {}
            writes.create(
                SYSTEM,
                entity,
                {
                    "entity": label,
                    "name": name,
                    "label": f"{kind} {name[-1]}",
                    "kind": kind,
                    "is_indexed": kind in INDEXED and name.endswith("_0"),
                    **facts,
                },
            )
    with indexes.put_off(server, say, [table for table, _face in TABLES.values()]):
        for table, face in TABLES.values():
            fill(server, table, face, count)
    say(f"{field_indexes.settle()} of {count} fields")


def fill(server: Server, table: str, face: str, count: int) -> None:
    """The values of one table."""
    names = kinds(count)
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(name), sql.SQL(NUMBER.sub(f"h{at}", VALUES[kind]))) for at, (name, kind) in enumerate(names)
    )  # fmt: skip
    numbers = sql.SQL(", ").join(
        sql.SQL("(hashtext(id::text || {}) & 2147483647)::int AS {}").format(
            sql.Literal(name), sql.Identifier(f"h{at}")
        )
        for at, (name, _kind) in enumerate(names)
    )
    with server.connect() as line:
        line.execute("SELECT set_config('kith.changeset', 'maintenance', false)")
        line.execute(
            sql.SQL(FILL).format(table=sql.Identifier(table), values=pairs, numbers=numbers, face=sql.SQL(face))
        )
    with server.connect() as line:
        line.autocommit = True
        line.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))


def kept(send: Send) -> Send:
    """The same once groups by a choice and sums of these fields are kept ready."""

    def sent(ground: Ground, browser: Browser, number: int) -> Answer:
        if "kept fields" not in ground.middles:
            views, columns = registry.get("core.view"), ["name", "x_number_0", "x_money_0"]
            if not views.rows(SYSTEM).filter(name="Kept fields", entity=OPPORTUNITIES).exists():
                writes.create(SYSTEM, views, {"entity": OPPORTUNITIES, "name": "Kept fields", "shape": "grouped", "columns": columns, "group": "x_choice_0", "is_kept": True})  # fmt: skip
            ground.middles["kept fields"] = building.settle()
        return send(ground, browser, number)

    return sent


def cases() -> tuple[Case, ...]:
    """Lists with these fields, each beside the same on columns; what is kept ready comes last."""
    shown = "cols=name,owner,x_number_0,x_choice_0,x_date_0,x_text_0,x_money_0"
    grouped = a_list("30 fields: grouped by a choice", OPPORTUNITIES, "all", f"{shown}&group=x_choice_0", budget=1000)
    return (
        a_list("30 fields: list", OPPORTUNITIES, "all", shown),
        a_list("30 fields: list of people", PEOPLE, "team", shown),
        a_list("30 fields: filter on an indexed choice", OPPORTUNITIES, "all", f"{shown}&f=x_choice_0:any:choice%203"),
        a_list("30 fields: filter on a column", OPPORTUNITIES, "all", f"{shown}&f=forecast_category:any:commit"),
        a_list("30 fields: filter on an indexed number", OPPORTUNITIES, "all", f"{shown}&f=x_number_0:between:500,600"),
        a_list("30 fields: filter on a number in a column", OPPORTUNITIES, "all", f"{shown}&f=amount:between:500,600"),
        a_list("30 fields: filter on an indexed date", OPPORTUNITIES, "all", f"{shown}&f=x_date_0:on:2024-03-04"),
        a_list("30 fields: filter on a date in a column", OPPORTUNITIES, "all", f"{shown}&f=closes_on:on:2024-03-04"),
        a_list(
            "30 fields: filter on an indexed text", PEOPLE, "all", f"{shown}&f=x_text_0:contains:{quote('цапля 17')}"
        ),
        a_list("30 fields: sorted by an indexed number", OPPORTUNITIES, "all", f"{shown}&sort=-x_number_0"),
        a_list("30 fields: sorted by an indexed date", PEOPLE, "team", f"{shown}&sort=x_date_0"),
        grouped,
        replace(grouped, name="30 fields: grouped by a choice, kept ready", budget=100, send=kept(grouped.send)),
    )


__all__ = ["add", "cases", "has"]
