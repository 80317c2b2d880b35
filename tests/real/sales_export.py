"""Writes the four files in which a well-known kind of CRM hands over its sales: accounts, products, sales teams, and a pipeline of 8,000 deals.

python -m tests.real.sales_export FOLDER [SEED]      the same seed writes the same files

The pipeline has the dirt that such files have; `write` gives what each dirty cell should say:

  account empty (about 15 %)             the key of the account got lost
  account with a typo ("Konnex Lmited")  stands for no account
  product "GTXPro"                       is called "GTX Pro" in products.csv
  close_date 20/10/2016                  every other day is written 2016-10-20
  trailing spaces                        are no mistake to the reader of the file and need no correction
"""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FILES = ("accounts.csv", "products.csv", "sales_teams.csv", "sales_pipeline.csv")
SEED, DEALS = 20161020, 8_000
HEADS = {
    "accounts.csv": ("account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"),
    "products.csv": ("product", "series", "sales_price"),
    "sales_teams.csv": ("sales_agent", "manager", "regional_office"),
    "sales_pipeline.csv": ("opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"),
}  # fmt: skip
PRODUCTS = (
    ("GTX Basic", "GTX", 550), ("GTX Pro", "GTX", 4821), ("MG Special", "MG", 55), ("MG Advanced", "MG", 3393), ("GTX Plus Pro", "GTX", 5482),
    ("GTX Plus Basic", "GTX", 1096), ("GTK 500", "GTK", 26768),
)  # fmt: skip
SECTORS = (
    "retail", "medical", "software", "entertainment", "marketing", "technolgy", "finance", "employment", "telecommunications", "services"
)  # fmt: skip
PLACES = ("United States", "Kenya", "Germany", "Norway", "Japan", "Italy", "Brazil", "Poland", "Jordan", "South Korea")
FIRST = ("Anna", "Boris", "Carla", "Darcel", "Elease", "Filip", "Gladys", "Hayden", "Ioana", "Jonas")
LAST = ("Schlecht", "Nees", "Gluck", "Vanleer", "Fauver", "Camp", "Kling")
HEADS_OF_OFFICES = (
    ("Dustin Brinkmann", "Central"), ("Melvin Marxen", "Central"), ("Cara Losch", "East"), ("Rocco Neubert", "East"), ("Celia Rouche", "West"), ("Summer Sewald", "West"),
)  # fmt: skip
SYLLABLES = ("Ka", "No", "Zen", "Tri", "Bet", "Lum", "Dor", "Vex", "Ran", "Sil", "Mo", "Fin")
ENDINGS = ("core", "tech", "plex", "zone", "ware", "nex", "bio", "lane")
WORDS = ("Limited", "Partners", "Industries", "Group")
FIRST_DAY, LAST_DAY = date(2016, 10, 20), date(2017, 12, 31)

type Row = tuple[str, ...]
#: What dirty cells should say: opportunity -> column -> text.
type Fixes = dict[str, dict[str, str]]


def write(folder: Path, seed: int = SEED, deals: int = DEALS) -> Fixes:
    """Write the files; gives what each dirty cell of the pipeline should say."""
    chance = random.Random(seed)
    accounts, teams = list(accounts_of(chance)), list(teams_of(chance))
    clean = list(pipeline(chance, [row[0] for row in accounts], [row[0] for row in teams], deals))
    dirty, fixes = soiled(chance, clean)
    rows = (accounts, [(name, series, str(price)) for name, series, price in PRODUCTS], teams, dirty)
    for name, table in zip(FILES, rows, strict=True):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADS[name], *table])
    return fixes


def accounts_of(chance: random.Random) -> Iterator[Row]:
    """85 accounts; every eighth belongs to one further up or further down in the file."""
    names = chance.sample([f"{head}{tail} {word}" for head in SYLLABLES for tail in ENDINGS for word in WORDS], 85)
    for at, name in enumerate(names):
        parent = names[(at * 7 + 11) % 80 // 8 * 8 + 1] if at % 8 == 0 else ""
        yield (
            name, chance.choice(SECTORS), str(chance.randint(1979, 2016)), f"{chance.randint(4, 11_000)}.{chance.randint(10, 99)}", str(chance.randint(9, 34_000)),
            chance.choice(PLACES), parent,
        )  # fmt: skip


def teams_of(chance: random.Random) -> Iterator[Row]:
    """35 agents, each with a manager and the manager's office."""
    people = chance.sample([f"{first} {last}" for first in FIRST for last in LAST], 35)
    for at, agent in enumerate(people):
        manager, office = HEADS_OF_OFFICES[at % len(HEADS_OF_OFFICES)]
        yield agent, manager, office


def pipeline(chance: random.Random, accounts: list[str], agents: list[str], deals: int) -> Iterator[Row]:
    """The deals: half of them won, three in ten lost, the others open; prospects have no day yet, open ones no close."""
    for at in range(deals):
        product, _series, price = chance.choice(PRODUCTS)
        stage = chance.choices(("Won", "Lost", "Engaging", "Prospecting"), (48, 28, 18, 6))[0]
        engaged = FIRST_DAY + timedelta(days=chance.randint(0, 380))
        closed = min(engaged + timedelta(days=chance.choice((1, 3, 8, 9, 30, 45, 57, 85, 110, 138))), LAST_DAY)
        value = round(price * chance.uniform(0.7, 1.3)) if stage == "Won" else 0
        yield (
            f"{at:05X}{chance.choice('ABCDEFGH')}", chance.choice(agents), product, chance.choice(accounts), stage,
            "" if stage == "Prospecting" else engaged.isoformat(), closed.isoformat() if stage in ("Won", "Lost") else "",
            str(value) if stage in ("Won", "Lost") else "",
        )  # fmt: skip


def soiled(chance: random.Random, clean: list[Row]) -> tuple[list[Row], Fixes]:
    """The deals with dirt, and what is needed to make them right."""
    heads = HEADS["sales_pipeline.csv"]
    found: list[Row] = []
    fixes: Fixes = {}
    for row in clean:
        cells = dict(zip(heads, row, strict=True))
        dirt = dict(dirt_of(chance, cells))
        if dirt:
            fixes[cells["opportunity_id"]] = {column: cells[column] for column in dirt}
        cells |= dirt
        if chance.random() < 0.05:
            cells["sales_agent"] += "  "
        found.append(tuple(cells.values()))
    return found, fixes


def dirt_of(chance: random.Random, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What goes wrong in one row."""
    lot = chance.random()
    if lot < 0.15:
        yield "account", ""
    elif lot < 0.16:
        yield "account", cells["account"][:-4] + cells["account"][-3:]
    if cells["product"] == "GTX Pro" and chance.random() < 0.2:
        yield "product", "GTXPro"
    if cells["close_date"] and chance.random() < 0.04:
        yield "close_date", date.fromisoformat(cells["close_date"]).strftime("%d/%m/%Y")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else SEED)
