"""Facts: what is known of one column of a file, in the form in which an import keeps it."""

import msgspec


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a column holds; see `formats.column_facts`."""

    kind: str = "empty"
    filled: int = 0
    empty: int = 0
    first: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    has_more: bool = False
    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    ask_dates: bool = False
    ask_numbers: bool = False
    invalid: tuple[tuple[int, str], ...] = ()
    invalid_count: int = 0
