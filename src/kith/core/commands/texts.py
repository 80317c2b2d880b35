"""kith texts: keep the Russian and Chinese texts complete."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from kith.core import i18n
from kith.core.catalogues import LANGUAGES

help = "Update, fill, check and compile the message catalogues."


def arguments(parser: ArgumentParser) -> None:
    """What stands after `kith texts`."""
    parser.add_argument(
        "step", choices=("update", "fill", "missing", "compile"), help="What to do with the catalogues."
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help='For fill: JSON {"ru": {"Save": "Сохранить", "%%(num)s row": ["…", "…", "…"]}, "zh_Hans": {…}}; for missing: write such a file.',
    )


def run(options: Namespace) -> int:
    """Do one step; `missing` ends with 1 when something is."""
    steps = {"update": update, "fill": fill, "missing": missing, "compile": compile_all}
    return steps[options.step](options)


def update(options: Namespace) -> int:
    """Bring the catalogues to the texts of the source."""
    i18n.update()
    return missing(options)


def fill(options: Namespace) -> int:
    """Put translations of a JSON file into the catalogues."""
    if options.file is None:
        print("Name the JSON file with the translations.")
        return 2
    try:
        i18n.update(json.loads(options.file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        print(f"{options.file} cannot be read as JSON: {error}")
        return 2
    return compile_all(options)


def missing(options: Namespace) -> int:
    """Print what is not translated, and write it as JSON to fill in where a file is named."""
    left = {language: i18n.missing(language) for language in LANGUAGES}
    for language, texts in left.items():
        print(f"{language}: {len(texts)} missing")
        for text in texts:
            print(f"  {text!r}")
    if options.step == "missing" and options.file:
        if options.file.exists():
            print(f"{options.file} is there already; name a new file.")
            return 2
        empty = {language: dict.fromkeys(texts, "") for language, texts in left.items()}
        options.file.write_text(json.dumps(empty, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if any(left.values()) else 0


def compile_all(options: Namespace) -> int:
    """Write the .mo files."""
    for language in LANGUAGES:
        print(i18n.compile(language).relative_to(i18n.SOURCE))
    return 0
