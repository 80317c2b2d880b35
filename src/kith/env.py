"""Strict readers of the environment: a wrong value stops the start and names the variable and the remedy.

A setting is declared where it is read, so its name, default and help stand once; `kith doctor` and the
README table list `DECLARED`. Every setting may also come from a file: `NAME_FILE=/run/secrets/name`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TRUE, FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


class BadSetting(ValueError):
    """An environment variable that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What `kith doctor` tells about one variable."""

    name: str
    kind: str
    default: str
    help: str
    secret: bool = False

    def shown(self) -> str:
        """The value in force, as far as it may be shown."""
        value = raw(self.name)
        if value is None:
            return self.default
        return "(set)" if self.secret else value


DECLARED: dict[str, Setting] = {}


def raw(name: str) -> str | None:
    """The text of a variable or of the file that NAME_FILE points to; None when neither is set."""
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value and path:
        raise BadSetting(f"{name} and {name}_FILE are both set; keep one of them.")
    if not path:
        return value or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise BadSetting(f"{name}_FILE: cannot read {path}: {error.strerror}.") from error


def _read[T](setting: Setting, default: T, convert: Callable[[str], T]) -> T:
    DECLARED[setting.name] = setting
    value = raw(setting.name)
    if value is None:
        return default
    try:
        return convert(value)
    except ValueError as error:
        raise BadSetting(f"{setting.name}={'…' if setting.secret else value}: {error}") from error


def text(name: str, default: str, help: str, *, secret: bool = False, shown: str = "") -> str:
    """A setting that is any text; `shown` describes a default that is made at run time."""
    return _read(Setting(name, "text", shown or default, help, secret), default, str)


def flag(name: str, default: bool, help: str) -> bool:
    """A setting that is true or false."""
    return _read(Setting(name, "true/false", str(default).lower(), help), default, _flag)


def number(name: str, default: int, help: str, *, low: int = 0, high: int = 2**31, shown: str = "") -> int:
    """A setting that is a whole number between two limits."""

    def convert(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}.")
        return int(value)

    return _read(Setting(name, "number", shown or str(default), help), default, convert)


def words(name: str, default: tuple[str, ...], help: str, *, shown: str = "") -> tuple[str, ...]:
    """A setting that is a list separated by commas."""
    return _read(Setting(name, "list", shown or ",".join(default), help), default, _words)


def one_of(name: str, choices: tuple[str, ...], default: str, help: str) -> str:
    """A setting that is one of few words."""

    def convert(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}.")
        return value

    return _read(Setting(name, " | ".join(choices), default, help), default, convert)


def _flag(value: str) -> bool:
    if value.lower() not in TRUE + FALSE:
        raise ValueError("must be true or false.")
    return value.lower() in TRUE


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())
