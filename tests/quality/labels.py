"""What can be told of two labelled rows."""

from .dirty import Row


def can_be_told(one: Row, other: Row) -> bool:
    """Whether anything but a name is equal; nobody can tell a namesake from a double by less."""
    pairs = [(one.values.get(name), other.values.get(name)) for name in ("email", "birth_date", "tax_id", "website")]
    pairs += [(digits(one), digits(other)), (one.city, other.city)]
    return any(a and a == b for a, b in pairs)


def digits(row: Row) -> str:
    """The end of a phone number, however it is written."""
    return "".join(filter(str.isdigit, row.values.get("phone", "")))[-10:]
