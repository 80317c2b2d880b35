"""Short ways to import a text in tests."""

from typing import Any

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import mapping as maps
from kith.core.exchange.importing import import_file
from kith.core.exchange.summary import Outcome
from kith.core.ledger import Change, ChangeSet


def columns(**paths: Any) -> list[dict[str, Any]]:
    """Column maps of `Header="path"` or `Header={"to": "path", …}`; "__" in a keyword stands for a space."""
    return [
        {"column": name.replace("__", " "), **({"to": path} if isinstance(path, str) else path)}
        for name, path in paths.items()
    ]


def imported(
    label: str,
    text: str | bytes,
    paths: list[dict[str, Any]] | None = None,
    actor: Any = SYSTEM,
    *,
    rehearse: bool = False,
    **more: Any,
) -> Outcome:
    """The outcome of importing a text as CSV."""
    mapping = maps.from_json({"columns": paths or [], **more})
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return import_file(actor, registry.get(label), content, mapping, file="people.csv", is_rehearsal=rehearse)


def rows(label: str, *names: str) -> list[tuple[Any, ...]]:
    """Field values of all records of an entity, in order."""
    return sorted(registry.get(label).rows(SYSTEM).values_list(*names), key=str)


def counts() -> tuple[int, int]:
    """How many change-sets and ledger entries there are."""
    return ChangeSet.objects.count(), Change.objects.count()
