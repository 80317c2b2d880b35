"""Several items in one cell: "red; green"; an item that holds a sign that separates stands in quotes, as in CSV."""

import re
from collections.abc import Iterable

#: Stands between the items of a list in one cell.
BETWEEN = "; "
SIGNS = ";,\n"
#: An item in quotes up to the next sign, or everything up to it.
ITEM = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"[ \t]*(?=[;,\n]|$)|([^;,\n]*))(?:[;,\n]|$)')
NEEDS_QUOTES = re.compile(r'[;,\n"]')


def joined(items: Iterable[str]) -> str:
    """The items as the text of a cell."""
    return BETWEEN.join('"' + item.replace('"', '""') + '"' if NEEDS_QUOTES.search(item) else item for item in items)


def split(text: str) -> list[str]:
    """The items in the text of a cell; the inverse of `joined`, and kind to lists of strangers."""
    if '"' in text:
        found = [quoted.replace('""', '"') or bare for quoted, bare in ITEM.findall(text)]
    else:
        for sign in SIGNS[1:]:
            text = text.replace(sign, SIGNS[0])
        found = text.split(SIGNS[0])
    return [item for each in found if (item := each.strip())]
