"""How a name looks when there is no room for it: initials and a lasting hue."""

import re
from functools import lru_cache

HUES = ("teal", "rose", "violet", "amber", "blue", "green", "plum", "orange", "lime")
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
QUOTES = re.compile(r"[«»\"“”„‘’'()]")
# Words that say what kind of name follows, never the name itself.
TITLES = {"prof", "dr", "mr", "mrs", "ms", "mx", "herr", "frau", "sir", "dame", "г-н", "г-жа", "проф", "д-р"}
LEGAL_FORMS = {
    "ооо", "оао", "зао", "пао", "ао", "ип", "нко", "ano", "ooo", "oao", "zao", "pao",
    "ltd", "llc", "inc", "corp", "plc", "co", "gmbh", "ag", "kg", "se", "sa", "sas", "sarl", "srl", "spa", "nv", "bv",
    "as", "asa", "ab", "oy", "oyj", "aps", "uab", "sia", "pte", "pty", "limited", "company", "group",
}  # fmt: skip


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """One or two letters for an avatar; the first character of a Chinese name."""
    clean = QUOTES.sub("", name).strip()
    if found := CJK.search(clean):
        return found[0]
    words = [word for word in re.split(r"[\s\-&,/]+", clean) if word and word[0].isalnum()]
    telling = [word for word in words if word.rstrip(".").lower() not in TITLES | LEGAL_FORMS] or words
    if not telling:
        return "?"
    second = telling[1][0] if len(telling) > 1 else telling[0][1:2]
    return (telling[0][0] + second).upper()


@lru_cache(maxsize=4096)
def hue_of(name: str) -> str:
    """The same hue for the same name, everywhere and always."""
    return HUES[sum(map(ord, name)) % len(HUES)] if name else "grey"
