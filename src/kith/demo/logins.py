"""Who may sign in to the demo, with which roles."""

from typing import TypedDict

from .data import own

LANGUAGES = {"en": "English", "ru": "Русский", "zh-hans": "简体中文"}


class Login(TypedDict):
    """One user of the demo, as `kith demo` shows it."""

    name: str
    role: str
    email: str
    password: str


def logins(password: str) -> list[Login]:
    """All users, the one to begin with first."""
    found = [
        Login(name=name, role=f"{position} · {LANGUAGES[language]} · {', '.join(roles(key))}", email=f"{mail}@meridian.example", password=password)
        for key, name, mail, language, _zone, _unit, position, *_rest in own.USERS
    ]  # fmt: skip
    return sorted(found, key=lambda login: not login["email"].startswith("nadia"))


def groups(member: str) -> set[str]:
    """The groups that a user, or a group named with "+", is in, directly or through others."""
    direct = {key for key, _name, _team, members in own.GROUPS if member in members.split()}
    return direct.union(*(groups(f"+{group}") for group in direct))


def roles(user: str) -> list[str]:
    """The roles that reach a user."""
    mine = groups(user)
    return [role.replace("_", " ") for role, names in own.GRANTS if mine.intersection(names.split())]
