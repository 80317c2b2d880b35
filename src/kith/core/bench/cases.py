"""What is measured: each budget of the design as requests of a browser, beside the same rows by plain SQL."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import uuid4

from kith.core.entity import registry

from . import floors
from .client import Answer, Browser
from .floors import Floor
from .ground import Ground

PEOPLE, COMPANIES, TASKS = "parties.person", "parties.company", "activities.task"
TEN = "name,employer,job_title,email,phone,city,country,status,owner,updated_at"
#: Words asked for by the kind of question; each request takes the next one.
ASKED = {
    "frequent prefix": ("an", "ma", "pe", "be", "la", "so"),
    "name in Latin script": ("ingrid hansen", "thomas smith", "julia weber", "martin brown", "emma fischer"),
    "name in Cyrillic": ("Иванов", "Ольга Петрова", "Соколов", "Морозов Сергей", "Кузнецова"),
    "name in Chinese": ("张伟", "李丽", "王磊", "欧阳静", "陈建国"),
    "other script": ("kuznetsov", "zhang wei", "sokolov", "li li", "Hansen"),
    "phone": ("+7916", "916 000", "+86 138", "0171", "8 916 123"),
    "typing error": ("Johannsen", "Kuznetzof", "Andersonn", "Vinogradovv", "Fischerr"),
}  # fmt: skip
LIST_QUERIES, RECORD_QUERIES = 8, 15
MONTH_AGO = (dt.datetime.now(dt.UTC) - dt.timedelta(days=30)).date().isoformat()
Send = Callable[[Ground, Browser, int], Answer]


def slug(label: str) -> str:
    """Where the records of a kind live."""
    return registry.get(label).slug


@dataclass(frozen=True, slots=True)
class Case:
    """One operation: how it is asked, by whom, how long it may take in the server (p95, ms), what plain SQL needs, how many queries it may make."""

    name: str
    level: str
    send: Send
    budget: float | None = None
    floor: Floor | None = None
    api: bool = False
    expect: tuple[int, ...] = (200,)
    queries: int | None = None


def a_list(
    name: str,
    label: str,
    level: str,
    query: str = "",
    *,
    deep: str | None = None,
    budget: float | None = 40,
    floor: Floor | None = None,
) -> Case:
    """A page of a list; `deep` is the order whose middle is asked for."""

    def send(ground: Ground, browser: Browser, number: int) -> Answer:
        pairs = [query] if query else []
        pairs += [urlencode({"after": ground.place(label, level, deep)})] if deep is not None else []
        return browser.get(f"/{slug(label)}/?{'&'.join(pairs)}")

    return Case(name, level, send, budget, floor, queries=LIST_QUERIES)


def opened(name: str, label: str, level: str, budget: float | None, floor: Floor | None) -> Case:
    """The page of a record, each time another one."""

    def send(ground: Ground, browser: Browser, number: int) -> Answer:
        keys = ground.keys(label, level)
        return browser.get(f"/{slug(label)}/{keys[number % len(keys)]}/")

    return Case(name, level, send, budget, floor, queries=RECORD_QUERIES)


def asked(name: str, level: str, path: str, kind: str, budget: float) -> Case:
    """A question typed into the palette, the search or a chooser."""
    words = ASKED[kind]
    return Case(
        name,
        level,
        lambda ground, browser, number: browser.get(f"{path}?q={quote(words[number % len(words)])}", HX_Request="true"),
        budget,
        floors.searched(words, level),
    )


def saved(name: str, level: str, values: Callable[[int], dict[str, str]]) -> Case:
    """One field saved where it is read."""

    def send(ground: Ground, browser: Browser, number: int) -> Answer:
        keys, form = ground.keys(PEOPLE, level), values(number)
        return browser.post(
            f"/people/{keys[number % len(keys)]}/field/{next(iter(form))}?in=list",
            form,
            HX_Request="true",
            HX_Current_URL=f"http://localhost:{browser.port}/people/?cols={TEN}",
        )

    return Case(name, level, send, 30, floors.saved(level))


def created(ground: Ground, browser: Browser, number: int) -> Answer:
    """A new person by the short form."""
    unique = uuid4().hex
    return browser.post(
        "/people/new",
        {
            "given_name": "Ingrid",
            "family_name": f"Bench{unique}",
            "email": f"bench{unique}@new.example",
            "phone": "+47 412 34 567",
        },
        HX_Request="true",
    )


def api_created(ground: Ground, browser: Browser, number: int) -> Answer:
    """A new person by a program."""
    unique = uuid4().hex
    body = json.dumps(
        {"given_name": "Ingrid", "family_name": f"Bench{unique}", "email": f"bench{unique}@api.example"}
    ).encode()
    return browser.send("POST", "/api/v1/people", body, {"Content-Type": "application/json"})


def api_patched(ground: Ground, browser: Browser, number: int) -> Answer:
    """One field changed by a program."""
    keys = ground.keys(PEOPLE, "team")
    body = json.dumps({"decision_style": f"Style {uuid4().hex}"}).encode()
    return browser.send(
        "PATCH", f"/api/v1/people/{keys[number % len(keys)]}", body, {"Content-Type": "application/json"}
    )


CASES = (
    a_list("List of people, 50 rows × 10 columns", PEOPLE, "own", f"cols={TEN}", floor=floors.listed("own")),
    a_list("List of people, 50 rows × 10 columns", PEOPLE, "team", f"cols={TEN}", floor=floors.listed("team")),
    a_list("List of people, 50 rows × 10 columns", PEOPLE, "unit", f"cols={TEN}", floor=floors.listed("unit")),
    a_list("List of people, 50 rows × 10 columns", PEOPLE, "all", f"cols={TEN}", floor=floors.listed("all")),
    a_list("List of companies", COMPANIES, "team", floor=floors.listed("team", kind="company")),
    a_list("List of tasks, by due date", TASKS, "team"),
    a_list("Page half way", PEOPLE, "team", f"cols={TEN}", deep="", floor=floors.listed("team", deep=True)),
    a_list("Page half way", PEOPLE, "all", f"cols={TEN}", deep="", floor=floors.listed("all", deep=True)),
    a_list("Sorted by last change", PEOPLE, "all", f"cols={TEN}&sort=-updated_at", floor=floors.listed("all", order="updated_at DESC, id DESC")),
    a_list("Sorted by last change, half way", PEOPLE, "all", f"cols={TEN}&sort=-updated_at", deep="-updated_at"),
    a_list("Sorted by owner", PEOPLE, "all", f"cols={TEN}&sort=owner"),
    a_list("Sorted by company", PEOPLE, "team", f"cols={TEN}&sort=employer"),
    a_list("Sorted by company", PEOPLE, "all", f"cols={TEN}&sort=employer"),
    a_list("Sorted by company, half way", PEOPLE, "all", f"cols={TEN}&sort=employer", deep="employer"),
    a_list("Filtered by status, country and city", PEOPLE, "all", f"cols={TEN}&f=status:any:active&f=country:any:RU&f=city:contains:Самара"),
    a_list("Filtered by country", PEOPLE, "all", f"cols={TEN}&f=country:any:RU"),
    a_list("Filtered by two countries", PEOPLE, "unit", f"cols={TEN}&f=country:any:CN,RU"),
    a_list("Filtered by industry of the company", PEOPLE, "all", f"cols={TEN}&f=employer.tier:any:A"),
    a_list("Found in the list by name", PEOPLE, "all", f"cols={TEN}&q={quote('Иванов')}"),
    a_list("Grouped by status", PEOPLE, "all", f"cols={TEN}&group=status", budget=1000, floor=floors.grouped("all", "status")),
    a_list("Grouped by owner", PEOPLE, "unit", f"cols={TEN}&group=owner", budget=1000, floor=floors.grouped("unit", "owner_id")),
    a_list("List of people, a month ago", PEOPLE, "team", f"cols={TEN}&as_of={MONTH_AGO}"),
    a_list("List of people, a month ago", PEOPLE, "all", f"cols={TEN}&as_of={MONTH_AGO}"),
    a_list("List of companies, a month ago", COMPANIES, "all", f"as_of={MONTH_AGO}"),
    a_list("Filtered by status and country, a month ago", PEOPLE, "all", f"cols={TEN}&f=status:any:active&f=country:any:RU&as_of={MONTH_AGO}"),
    opened("Page of a person with timeline", PEOPLE, "team", 60, floors.opened("team")),
    opened("Page of a person with timeline", PEOPLE, "all", 60, floors.opened("all")),
    opened("Page of a company with timeline", COMPANIES, "team", 60, floors.opened("team", kind="company")),
    Case("First page: my day", "team", lambda ground, browser, number: browser.get("/"), 60),
    *(asked(f"Palette: {kind}", "team", "/palette", kind, 50) for kind in ASKED),
    *(asked(f"Palette: {kind}", "all", "/palette", kind, 50) for kind in ASKED),
    asked("Search page: name in Cyrillic", "all", "/search", "name in Cyrillic", 50),
    asked("Chooser of companies", "team", "/companies/lookup", "frequent prefix", 25),
    asked("Chooser of people", "all", "/people/lookup", "frequent prefix", 25),
    asked("Chooser of people, name in Cyrillic", "all", "/people/lookup", "name in Cyrillic", 25),
    saved("Save a field", "team", lambda number: {"decision_style": f"Decides by figures {uuid4().hex}"}),
    saved("Save a phone number", "team", lambda number: {"phone": f"+47412{uuid4().int % 100_000:05}"}),
    Case("Create a person", "team", created, 30, floors.created, expect=(200, 204)),
    Case("API: list of people, 50 rows", "team", lambda ground, browser, number: browser.get("/api/v1/people?limit=50"), 40, floors.listed("team"), api=True),
    Case("API: list of people, 200 rows", "all", lambda ground, browser, number: browser.get("/api/v1/people?limit=200"), None, None, api=True),
    Case("API: create a person", "team", api_created, 30, floors.created, api=True, expect=(201,)),
    Case("API: change a field", "team", api_patched, 30, floors.saved("team"), api=True),
)  # fmt: skip
