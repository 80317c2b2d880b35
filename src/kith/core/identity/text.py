"""Plain text as it may be stored (clean_text) and as it is compared (fold)."""

import re
import unicodedata
from functools import lru_cache

from .problems import Problem
from .traditional import SIMPLIFIED

_SURROGATE = re.compile("[\ud800-\udfff]")
_APOSTROPHES = "'’‘‛ʼʹʻʾʿˈ`´′＇"
_QUOTES = '"“”„‟«»‹›″＂「」『』《》〈〉'
_DASHES = "-‐‑‒–—―−﹘﹣－"
_UNIFIED = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
    | {"·": " ", "・": " ", "•": " "}
)
# Letters whose stroke or ligature no Unicode decomposition removes.
_PLAIN = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "œ": "oe",
        "æ": "ae", "ŧ": "t", "ĸ": "k", "ŋ": "n", "ə": "a",
    }
)  # fmt: skip
# й and ї are letters of their own, not и and і with an accent.
_KEPT = str.maketrans({"й": "\ue000", "ї": "\ue001", "ў": "\ue002"})
_GIVEN_BACK = str.maketrans({"\ue000": "й", "\ue001": "ї", "\ue002": "ў"})
_TRADITIONAL = str.maketrans(SIMPLIFIED)
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
LONGEST_REMEMBERED = 100
#: A Chinese character (not kana, not hangul), as a pattern.
HAN = "[\u3400-\u4dbf\u4e00-\u9fff〇\U00020000-\U000323af]"
_SPACES = re.compile(r"\s+")
_COMMON = re.compile("[ a-z0-9.,@A-Z\u0410-\u044f\u0401\u0451\u4e00-\u9fff]+")


def clean_text(text: str | None) -> str | None:
    """Return the text as it is stored: NFC, trimmed; None when nothing is left (R2).

    Raises Problem("text_nul") and Problem("text_surrogate"): PostgreSQL stores neither.
    """
    if text is None:
        return None
    if "\0" in text:
        raise Problem("text_nul")
    if _SURROGATE.search(text):
        raise Problem("text_surrogate")
    return unicodedata.normalize("NFC", text).strip() or None


def fold(text: str) -> str:
    """Return the text as it is compared: two texts that look alike fold alike.

    Case, width (NFKC), accents, ё, traditional Chinese forms, kinds of apostrophes, quotes,
    dashes and spaces are gone. Never raises; folding twice changes nothing.
    """
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else fold_long(text)


def fold_long(text: str) -> str:
    """Fold a text without remembering the answer."""
    if text.isascii():
        return _SPACES.sub(" ", text.lower().replace("`", "'")).strip()
    if _COMMON.fullmatch(text):  # nothing in it that the long way below would treat in another way
        return " ".join(text.lower().replace("ё", "е").translate(_TRADITIONAL).split())
    return _folded(text)


def _folded(text: str) -> str:
    """Fold any text."""
    text = unicodedata.normalize("NFKC", text.translate(_UNIFIED)).casefold()
    text = unicodedata.normalize("NFC", text).translate(_KEPT)
    text = _MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_GIVEN_BACK)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(_PLAIN).translate(_UNIFIED).translate(_TRADITIONAL)
    return _SPACES.sub(" ", text).strip()


_remembered = lru_cache(maxsize=50_000)(fold_long)


def askable(text: str) -> str:
    """Return the text without the characters no database can be asked for (NUL, surrogates)."""
    return _SURROGATE.sub("", text.replace("\0", ""))


def is_han(character: str) -> bool:
    """Is it a Chinese character (not kana, not hangul)?"""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U000323af"
        or character == "〇"
    )


def is_cyrillic(character: str) -> bool:
    """Is it a Cyrillic letter?"""
    return "\u0400" <= character <= "\u052f"


def words(text: str) -> frozenset[str]:
    """Return the words of a list kept as text."""
    return frozenset(text.split())
