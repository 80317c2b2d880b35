"""People and companies as a large company knows them: no copies, many namesakes, households, switchboards, and some doubles.

Rows come one after the other, so that a million of them need no memory; the same ones for the same seed.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from . import namebook
from .dirty import FORMS, TRADES, WORDS, Maker, Row

#: Of all people so many in a thousand are there once more, dirty; of companies, too.
DOUBLES = 20
#: So many in a thousand live with somebody of their family: they share phone and town.
FAMILY = 20
SCRIPTS, SHARES = ("en", "ru", "zh"), (45, 30, 25)
HEADS = {"en": "+49151", "ru": "+7916", "zh": "+86138"}
DIGITS = {"en": 8, "ru": 7, "zh": 8}
#: Odd and no multiple of five, so that numbers which follow each other look unlike and no two are equal.
STEP = 7919
MAILS = ("gmail.com", "outlook.com", "yandex.ru", "163.com")


class Census(Maker):
    """Makes people whose names are as common as real ones."""

    script = "en"

    def chance(self, share: float) -> bool:
        """Whether something is so in a case of that share."""
        return self.dice.random() < share

    def phone(self) -> str:
        """A number that nobody else has."""
        wide = DIGITS[self.script]
        return f"{HEADS[self.script]}{self.count * STEP % 10**wide:0{wide}}"

    def town(self, share: float) -> str:
        """A town, of some."""
        return namebook.TOWN[self.script].pick(self.dice) if self.chance(share) else ""

    # --- clean ones -----------------------------------------------------------------------------------------------------

    def person(self) -> Row:
        """Somebody nobody else is."""
        return self.person_of(self.dice.choices(SCRIPTS, SHARES)[0])

    def person_of(self, script: str) -> Row:
        """The same with a name in some script."""
        self.count += 1
        self.script = script
        given, middle, family = {"en": self.latin_name, "ru": self.russian_name, "zh": self.han_name}[self.script]()
        values = {"given_name": given, "middle_name": middle, "family_name": family, "language": self.script}
        if self.chance(0.8):
            local = f"{self.latin(given)}.{self.latin(family)}".lower().encode("ascii", "ignore").decode()
            values["email"] = f"{local}{self.count}@{self.pick(list(MAILS))}"
        if self.chance(0.7):
            values["phone"] = self.phone()
        if self.chance(0.6):
            values["birth_date"] = self.born()
        return Row(self.count, "person", values, self.town(0.6))

    def latin_name(self) -> tuple[str, str, str]:
        """A Western name."""
        return namebook.LATIN_GIVEN.pick(self.dice), "", namebook.LATIN_FAMILY.pick(self.dice)

    def russian_name(self) -> tuple[str, str, str]:
        """A Russian name; the patronymic of two of three is known."""
        is_man = self.chance(0.5)
        given, family = (namebook.MEN if is_man else namebook.WOMEN).pick(self.dice), namebook.CYRILLIC_FAMILY.pick(self.dice)  # fmt: skip
        father = namebook.FATHERS.pick(self.dice) if self.chance(0.67) else ""
        return given, father if is_man or not father else father[:-2] + "на", family if is_man else namebook.feminine(family)  # fmt: skip

    def han_name(self) -> tuple[str, str, str]:
        """A Chinese name; one given name of five is one character."""
        given = "".join(namebook.CHINESE_GIVEN.pick(self.dice) for _character in range(1 if self.chance(0.2) else 2))
        return given, "", namebook.CHINESE_FAMILY.pick(self.dice)

    def company(self) -> Row:
        """A company; names that others have, too, are rare but there."""
        self.count += 1
        self.script = self.dice.choices(SCRIPTS, SHARES)[0]
        city = self.town(1)
        firms: dict[str, Callable[[str], str]] = {"en": self.latin_firm, "ru": self.russian_firm, "zh": self.han_firm}
        name = firms[self.script](city)
        values = {"name": name, "language": self.script}
        if self.chance(0.7):
            values["website"] = f"https://www.firm{self.count}.example"
        if self.chance(0.6):
            values["email"] = f"info@firm{self.count}.example"
        if self.chance(0.5):
            values["tax_id"] = f"DE{self.count:09}"
        if self.chance(0.6):
            values["phone"] = self.phone()
        return Row(self.count, "company", values, city if self.chance(0.7) else "")

    def latin_firm(self, _city: str) -> str:
        """A Western company."""
        return f"{self.dice.choice(namebook.LATIN_FAMILY.things)} {self.pick(WORDS)} {self.pick(TRADES)} {self.pick(FORMS)}".strip()  # fmt: skip

    def russian_firm(self, _city: str) -> str:
        """A Russian company."""
        stem, word, more = self.pick(namebook.FIRM_STEMS), self.pick(namebook.FIRM_WORDS), self.pick(namebook.FIRM_WORDS)  # fmt: skip
        return f"{self.pick(['ООО', 'АО', 'ПАО'])} «{stem}{self.pick(list('аоуие'))}{self.pick(namebook.RUSSIAN_TAILS)} {word}{more.lower()}»"

    def han_firm(self, city: str) -> str:
        """A Chinese company."""
        return f"{city}{self.pick(namebook.HAN_GIVEN)[0]}{self.pick(namebook.HAN_GIVEN)[0]}{self.pick(namebook.HAN_TRADES)}有限公司"  # fmt: skip

    # --- the same once more, dirty ---------------------------------------------------------------------------------------

    def latin(self, text: str) -> str:
        """In Latin letters, as somebody writes it."""
        if text and all(letter in namebook.SOUNDS for letter in text):
            return "".join(namebook.SOUNDS[letter] for letter in text).capitalize()
        return super().latin(text)

    def written(self, phone: str) -> str:
        """A number as people write it."""
        return self.pick([phone, f"{phone[:6]} {phone[6:]}", f"00{phone[1:]}", f"{phone[:4]} ({phone[4:6]}) {phone[6:9]}-{phone[9:]}"])  # fmt: skip

    def double(self, row: Row) -> Row:
        """As `Maker.double`; the employer is known of half."""
        made = super().double(row)
        if self.chance(0.5):
            made.values.pop("employer", None)
        return made

    # --- those that only look alike ----------------------------------------------------------------------------------------

    def relative(self, row: Row) -> Row:
        """Somebody who lives with a person."""
        other = self.person_of(row.values["language"])
        shared: dict[str, str] = {name: row.values[name] for name in ("family_name", "phone") if name in row.values}
        return Row(other.who, "person", {**other.values, **shared}, row.city, "family")


def people(maker: Census, count: int, firms: list[tuple[object, str]]) -> Iterator[Row]:
    """So many people in all, doubles and relatives among them; two of three work for one of `firms` (id and phone), few of these for many."""
    made, employers = 0, namebook.Common.of(firms, 50) if firms else None
    while made < count:
        row = maker.person()
        if employers and maker.chance(0.67):
            firm, phone = employers.pick(maker.dice)
            row.values["employer"] = firm  # type: ignore[assignment]
            if phone and maker.chance(0.1):
                row.values["phone"] = phone
        for one in around(maker, row)[: count - made]:
            made += 1
            yield one


def companies(maker: Census, count: int) -> Iterator[Row]:
    """So many companies in all, doubles among them."""
    made = 0
    while made < count:
        for one in around(maker, maker.company())[: count - made]:
            made += 1
            yield one


def around(maker: Census, row: Row) -> list[Row]:
    """A row, its dirty double if it has one, and who only looks alike."""
    found = [row]
    if maker.dice.randrange(1000) < DOUBLES:
        found.append(maker.double(row))
    if row.kind == "person" and maker.dice.randrange(1000) < FAMILY:
        found.append(maker.relative(replace(row)))
    return found
