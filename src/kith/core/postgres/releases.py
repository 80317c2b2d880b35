"""When PostgreSQL's minor versions came out: an old one misses security fixes."""

from datetime import date

# The community releases in February, May, August and November; 18.3 came in between.
RELEASES = {
    "18": ("2025-09-25", "2025-11-13", "2026-02-12", "2026-02-26", "2026-05-14", "2026-08-13", "2026-11-12"),
    "17": (
        *("2024-09-26", "2024-11-14", "2024-11-21", "2025-02-13", "2025-02-20", "2025-05-08", "2025-08-14"),
        *("2025-11-13", "2026-02-12", "2026-02-26", "2026-05-14", "2026-08-13", "2026-11-12"),
    ),
    "16": (
        *("2023-09-14", "2023-11-09", "2024-02-08", "2024-05-09", "2024-08-08", "2024-11-14", "2024-11-21"),
        *("2025-02-13", "2025-02-20", "2025-05-08", "2025-08-14", "2025-11-13", "2026-02-12", "2026-02-26"),
        *("2026-05-14", "2026-08-13", "2026-11-12"),
    ),
}


def released_on(version: str) -> date | None:
    """The day of a version such as 18.6; None for one that this list does not know."""
    major, _, minor = version.partition(".")
    days = RELEASES.get(major, ())
    return date.fromisoformat(days[int(minor)]) if minor.isdigit() and int(minor) < len(days) else None
