"""PersonName: the parts of a name, and how each culture shows them."""

from dataclasses import dataclass

from .chinese import is_chinese, is_family
from .given_names import is_patronymic

FAMILY_FIRST = frozenset({"zh", "ja", "ko", "vi", "hu"})


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a person's name; an empty string means that there is no such part."""

    given: str = ""
    middle: str = ""
    family: str = ""
    prefix: str = ""
    suffix: str = ""

    def __bool__(self) -> bool:
        """Is there any name at all?"""
        return bool(self.given or self.middle or self.family)


def display(name: PersonName, culture: str = "", *, official: bool = False) -> str:
    """Return the name as the culture ("en", "ru", "zh", with or without region) shows it.

    Names in characters are written without a space, family name first, in every culture.
    `official` adds title and patronymic, and is family first in Russian: Иванов Иван Петрович;
    otherwise the natural Иван Иванов, Mary Ann O'Brien.
    """
    if _in_characters(name):
        return _han_display(name)
    language = culture.replace("_", "-").split("-")[0].lower()
    hidden = not official and bool(name.given) and is_patronymic(name.middle.lower())
    given = (name.given, "" if hidden else name.middle)
    if language in FAMILY_FIRST or (official and language == "ru"):
        parts: tuple[str, ...] = (name.family, *given)
    else:
        parts = (*given, name.family)
    if official:
        parts = (name.prefix, *parts, name.suffix)
    return " ".join(filter(None, parts))


def _in_characters(name: PersonName) -> bool:
    return is_chinese(name.family + name.given)


def _han_display(name: PersonName) -> str:
    """张伟; the name of another people in characters is 玛丽·史密斯."""
    foreign = name.middle or (name.family and not is_family(name.family))
    if foreign and name.given:
        whole = "·".join(filter(None, (name.given, name.middle, name.family)))
    else:
        whole = name.family + name.given
    return whole + name.suffix


def short(name: PersonName) -> str:
    """Return the Russian short form "Иванов И. П."; names in characters stay whole."""
    if _in_characters(name):
        return name.family + name.given
    letters = [f"{part[0].upper()}." for part in (name.given, name.middle) if part]
    return " ".join(filter(None, (name.family, *letters))) if name.family else name.given


def initials(name: PersonName) -> str:
    """Return the letters of an avatar: one Chinese character, otherwise two letters."""
    if _in_characters(name):
        return (name.family or name.given)[0]
    letters = [part.lstrip("'’-")[:1] for part in (name.given, name.family) if part]
    if len(letters) == 1:
        return (name.given or name.family)[:2].upper()
    return "".join(letters).upper()
