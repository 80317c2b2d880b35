"""Where the message catalogues lie, and compiling them at start where a source is newer than what Django loads."""

from importlib import import_module
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = ("ru", "zh_Hans")


def path_of(language: str, suffix: str = "po") -> Path:
    """The file of a language: .po is written by people, .mo is compiled."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{suffix}"


def stale() -> list[str]:
    """Languages whose compiled texts are older than their source."""
    pairs = {language: (path_of(language), path_of(language, "mo")) for language in LANGUAGES}
    return [
        language
        for language, (source, target) in pairs.items()
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime)
    ]


def fresh() -> None:
    """Compile what is stale; a read-only installation brings compiled catalogues."""
    for language in stale():
        try:
            import_module("kith.core.i18n").compile(language)  # late: Babel's tools cost 40 ms that few starts need
        except PermissionError:
            continue
