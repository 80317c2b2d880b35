"""The shapes of the tables in this folder: a line is a row, its cells stand between bars."""

from dataclasses import dataclass, field


def rows(text: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table written as text."""
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Firm:
    """A customer: its name, the name in its addresses, and what we know of it."""

    name: str
    domain: str
    industry: str
    city: str
    employees: int
    status: str
    tier: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """Where firms are: region, postcode and how a phone number begins; "#" stands for any digit."""

    name: str
    region: str
    postcode: str
    phone: str


@dataclass(frozen=True, slots=True)
class Country:
    """Firms of one country and what people there are called."""

    code: str
    language: str
    zone: str
    currency: str
    mobile: str
    owners: tuple[str, ...]
    firms: tuple[Firm, ...]
    cities: dict[str, City]
    streets: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    texts: str = "en"
    middles: dict[str, tuple[str, ...]] = field(default_factory=dict)


def firms(text: str) -> tuple[Firm, ...]:
    """Firms from lines "name | domain | industry | city | employees | status | tier | roles"."""
    return tuple(
        Firm(name, domain, industry, city, int(employees), status, tier, tuple(roles.split()))
        for name, domain, industry, city, employees, status, tier, roles in rows(text)
    )


def cities(text: str) -> dict[str, City]:
    """Cities by name from lines "city | region | postcode | phone"."""
    return {name: City(name, region, postcode, phone) for name, region, postcode, phone in rows(text)}


def words(text: str) -> tuple[str, ...]:
    """The words between commas."""
    return tuple(word.strip() for word in text.split(","))
