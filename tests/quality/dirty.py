"""Labelled people and companies with dirty duplicates and with look-alikes that are none; the same ones for the same seed.

Written without Kith's own identity rules, so that what is measured is not what made the data.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

LATIN = {
    "given": ["Anna", "Maria", "Eva", "Laura", "Ingrid", "Sofia", "Emma", "Julia", "Clara", "Helen", "Peter", "Martin", "Thomas", "Erik", "Jonas", "Lukas", "David", "Simon", "Oliver", "Henrik", "Paul", "Victor", "Daniel", "Andrew", "Robert", "George"],
    "family": ["Lindberg", "Halvorsen", "Kranz", "Berger", "Schneider", "Hoffmann", "Fischer", "Novak", "Dubois", "Lefebvre", "Moreau", "Rossi", "Bianchi", "Garcia", "Fernandez", "Jensen", "Nielsen", "Johansson", "Andersson", "Kowalski", "Wojcik", "Horvath", "Szabo", "Murphy", "Sullivan", "Whitaker", "Thornton", "Ashworth", "Pemberton", "Gallagher", "Hargreaves", "Blackwood", "Winterbourne", "Castellano", "Vandenberg"],
}  # fmt: skip
CYRILLIC = {
    "given": ["Анна", "Мария", "Екатерина", "Юлия", "Ольга", "Татьяна", "Наталья", "Дмитрий", "Алексей", "Сергей", "Михаил", "Юрий", "Николай", "Евгений", "Андрей", "Пётр", "Фёдор", "Ярослав"],
    "family": ["Иванов", "Петров", "Смирнов", "Щербаков", "Хохлов", "Жуков", "Цветков", "Чайковский", "Юдин", "Яковлев", "Соловьёв", "Королёв", "Тихонов", "Шишкин", "Воробьёв", "Майоров", "Гаврилов", "Ермаков", "Зайцев", "Кузнецов"],
    "middle": ["Петрович", "Сергеевич", "Иванович", "Андреевич", "Дмитриевич", "Михайлович"],
}  # fmt: skip
ROOTS = [
    "Lind",
    "Berg",
    "Holm",
    "Strand",
    "Wald",
    "Stein",
    "Feld",
    "Hagen",
    "Dahl",
    "Kron",
    "Eber",
    "Roth",
    "Schwarz",
    "Neu",
    "Alten",
    "Brock",
    "Ell",
    "Fink",
    "Gold",
    "Hart",
    "Kessel",
    "Lange",
    "Marten",
    "Nord",
    "Oster",
]
ENDS = ["berg", "mann", "sen", "qvist", "hart", "dorf", "bauer", "lund", "strom", "meyer", "wick", "holt"]
LATIN["family"] += [root + end for root in ROOTS for end in ENDS]
STEMS = [
    "Бел",
    "Черн",
    "Голуб",
    "Медвед",
    "Лебед",
    "Волк",
    "Орл",
    "Син",
    "Красн",
    "Высоц",
    "Богдан",
    "Игнат",
    "Прохор",
    "Трофим",
    "Афанас",
    "Григор",
    "Тарас",
    "Остап",
]
CYRILLIC["family"] += [stem + end for stem in STEMS for end in ("ов", "ин", "енко", "ский")]
HAN = [("伟", "张", "Wei", "Zhang"), ("芳", "王", "Fang", "Wang"), ("娜", "李", "Na", "Li"), ("秀英", "刘", "Xiuying", "Liu"), ("静", "陈", "Jing", "Chen"), ("强", "杨", "Qiang", "Yang"), ("磊", "赵", "Lei", "Zhao"), ("洋", "黄", "Yang", "Huang"), ("艳", "周", "Yan", "Zhou"), ("勇", "吴", "Yong", "Wu"), ("晓明", "徐", "Xiaoming", "Xu"), ("丽", "孙", "Li", "Sun")]  # fmt: skip
WORDS = ["Arbor", "Birch", "Cedar", "Meridian", "Northwind", "Solaris", "Quantum", "Vertex", "Harbour", "Granite", "Falcon", "Orchid", "Lumen", "Cascade", "Pinnacle", "Sterling", "Beacon", "Horizon", "Atlas", "Summit", "Juniper", "Copper", "Willow", "Amber", "Delta", "Kestrel"]  # fmt: skip
TRADES = [
    "Timber",
    "Logistics",
    "Foods",
    "Machines",
    "Consulting",
    "Textiles",
    "Chemicals",
    "Optics",
    "Shipping",
    "Glass",
    "Paper",
    "Energy",
]
FORMS = ["GmbH", "Ltd", "LLC", "AG", "Inc.", "S.A.", "B.V.", ""]
CITIES = [
    "Oslo",
    "Bergen",
    "Berlin",
    "Hamburg",
    "Vienna",
    "Prague",
    "Warsaw",
    "Lyon",
    "Milan",
    "Dublin",
    "Leeds",
    "Riga",
]
#: Letters as different people write them in Latin script.
SPELLED = {
    "а": ["a"], "б": ["b"], "в": ["v", "w"], "г": ["g"], "д": ["d"], "е": ["e"], "ё": ["e", "yo"], "ж": ["zh"], "з": ["z"], "и": ["i"], "й": ["y", "i"],
    "к": ["k"], "л": ["l"], "м": ["m"], "н": ["n"], "о": ["o"], "п": ["p"], "р": ["r"], "с": ["s"], "т": ["t"], "у": ["u"], "ф": ["f"], "х": ["kh", "h"],
    "ц": ["ts"], "ч": ["ch"], "ш": ["sh"], "щ": ["shch", "sch"], "ъ": [""], "ы": ["y"], "ь": [""], "э": ["e"], "ю": ["yu", "iu"], "я": ["ya", "ia"],
}  # fmt: skip


@dataclass
class Row:
    """One record with the number of the real person or company behind it, and what was done to it."""

    who: int
    kind: str
    values: dict[str, str]
    city: str = ""
    how: str = "clean"


@dataclass
class Maker:
    """Makes rows out of chance that a seed fixes."""

    seed: int
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.count = 0
        self.names: set[str] = set()

    def pick[T](self, among: list[T]) -> T:
        """One of them."""
        return self.dice.choice(among)

    def born(self) -> str:
        """A day of birth."""
        return (dt.date(1950, 1, 1) + dt.timedelta(days=self.dice.randrange(18_000))).isoformat()

    def phone(self) -> str:
        """A German mobile number."""
        return f"+49151{self.dice.randrange(10**8):08}"

    # --- clean ones -----------------------------------------------------------------------------------------------------

    def person(self) -> Row:
        """Somebody nobody else is."""
        self.count += 1
        script = self.dice.random()
        if script < 0.6:
            given, middle, family, told = self.pick(LATIN["given"]), "", self.pick(LATIN["family"]), ""
        elif script < 0.9:
            given, middle, family = self.pick(CYRILLIC["given"]), self.pick([*CYRILLIC["middle"], "", ""]), self.pick(CYRILLIC["family"])  # fmt: skip
            told = self.latin(given) + "." + self.latin(family)
        else:
            given, family, latin_given, latin_family = self.pick(HAN)
            middle, told = "", f"{latin_given}.{latin_family}"
        local = (told or f"{given}.{family}").lower()
        values = {"given_name": given, "middle_name": middle, "family_name": family}
        if self.dice.random() < 0.8:
            values["email"] = f"{local}{self.count}@gmail.com"
        if self.dice.random() < 0.7:
            values["phone"] = self.phone()
        if self.dice.random() < 0.6:
            values["birth_date"] = self.born()
        return Row(self.count, "person", values, self.pick(CITIES) if self.dice.random() < 0.6 else "")

    def company(self) -> Row:
        """A company that no other one is."""
        self.count += 1
        name = next(name for _try in range(1000) if (name := f"{self.pick(WORDS)} {self.pick(WORDS)} {self.pick(TRADES)}") not in self.names)  # fmt: skip
        self.names.add(name)
        values = {"name": f"{name} {self.pick(FORMS)}".strip()}
        site = name.lower().replace(" ", "-") + f"{self.count}.example"
        if self.dice.random() < 0.7:
            values["website"] = f"https://www.{site}"
        if self.dice.random() < 0.6:
            values["email"] = f"info@{site}"
        if self.dice.random() < 0.5:
            values["tax_id"] = f"DE{self.dice.randrange(10**9):09}"
        if self.dice.random() < 0.5:
            values["phone"] = self.phone()
        return Row(self.count, "company", values, self.pick(CITIES) if self.dice.random() < 0.6 else "")

    # --- the same once more, dirty ---------------------------------------------------------------------------------------

    def typo(self, text: str) -> str:
        """One slip of the fingers: two letters swapped, one lost, doubled or another."""
        if len(text) < 4:
            return text
        at = self.dice.randrange(1, len(text) - 1)
        return self.pick([
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + self.pick(list("aeiorstn")) + text[at + 1 :],
        ])  # fmt: skip

    def latin(self, text: str) -> str:
        """Cyrillic as somebody writes it in Latin script; Chinese in pinyin."""
        for given, family, latin_given, latin_family in HAN:
            if text in (given, family):
                return latin_given if text == given else latin_family
        return "".join(self.pick(SPELLED.get(letter, [letter])) for letter in text.lower()).capitalize()

    def written(self, phone: str) -> str:
        """A number as people write it."""
        digits = phone.removeprefix("+49")
        return self.pick([f"0049 {digits[:3]} {digits[3:]}", f"0{digits[:4]}/{digits[4:]}", f"+49 ({digits[:3]}) {digits[3:7]}-{digits[7:]}", phone])  # fmt: skip

    def double(self, row: Row) -> Row:
        """The same person or company as somebody else has typed it, in one or two ways wrong; some facts are missing."""
        made = replace(row, values=dict(row.values), how="")
        ways = self.ways(row.kind)
        for name in self.dice.sample(sorted(ways), self.pick([1, 1, 2])):
            ways[name](made)
            made.how = f"{made.how}+{name}".strip("+")
        if "phone" in made.values:
            made.values["phone"] = self.written(made.values["phone"])
        for name in ("email", "phone", "birth_date", "website", "tax_id"):
            if name in made.values and self.dice.random() < 0.3:
                del made.values[name]
        made.city = made.city if self.dice.random() < 0.7 else ""
        return made

    def ways(self, kind: str) -> dict[str, Callable[[Row], None]]:
        """What goes wrong."""
        if kind == "company":
            return {
                "typo": self.misspell,
                "form": self.other_form,
                "capitals": self.capitals,
                "domain": self.other_mail,
            }
        return {"typo": self.misspell, "script": self.to_latin, "swapped": self.swap, "initial": self.initial, "mail": self.other_mail}  # fmt: skip

    def misspell(self, row: Row) -> None:
        """A slip in the name."""
        name = "name" if row.kind == "company" else self.pick(["given_name", "family_name"])
        row.values[name] = self.typo(row.values[name])

    def to_latin(self, row: Row) -> None:
        """Another script."""
        for name in ("given_name", "middle_name", "family_name"):
            if any(ord(letter) > 0x400 for letter in row.values[name]):
                row.values[name] = self.latin(row.values[name])

    def swap(self, row: Row) -> None:
        """Given and family name in each other's field."""
        row.values["given_name"], row.values["family_name"] = row.values["family_name"], row.values["given_name"]

    def initial(self, row: Row) -> None:
        """The patronymic as an initial, or not at all."""
        row.values["middle_name"] = self.pick([row.values["middle_name"][:1], ""])

    def other_mail(self, row: Row) -> None:
        """Another address; of a company at the same domain."""
        if "email" in row.values:
            local, _at, domain = row.values["email"].partition("@")
            row.values["email"] = f"sales@{domain}" if row.kind == "company" else f"{local}.private@outlook.com"

    def other_form(self, row: Row) -> None:
        """Another legal form, or none."""
        name = row.values["name"]
        for form in FORMS:
            name = name.removesuffix(f" {form}") if form else name
        row.values["name"] = f"{name} {self.pick(FORMS)}".strip()

    def capitals(self, row: Row) -> None:
        """All in capitals, with quotes."""
        row.values["name"] = f"“{row.values['name'].upper()}”"

    # --- those that only look alike ----------------------------------------------------------------------------------------

    def alike(self, row: Row) -> Row:
        """Somebody else who shares a name, a household's phone or a company's mail; a sister company."""
        self.count += 1
        if row.kind == "company":
            site = row.values.get("website", "https://www.other.example").removeprefix("https://www.")
            values = {"name": f"{self.pick(WORDS)} {self.pick(TRADES)} {self.pick(FORMS)}".strip(), "email": f"office@{site}", "tax_id": f"DE{self.dice.randrange(10**9):09}"}  # fmt: skip
            return Row(self.count, "company", values, self.pick(CITIES), "sister")
        if self.dice.random() < 0.5:
            values = {**row.values, "birth_date": self.born(), "email": f"other{self.count}@gmail.com", "phone": self.phone()}  # fmt: skip
            return Row(self.count, "person", values, self.pick(CITIES), "namesake")
        other = self.person()
        values = {**other.values, "family_name": row.values["family_name"]}
        values |= {name: row.values[name] for name in ("phone",) if name in row.values}
        return Row(other.who, "person", values, row.city, "family")


def made(seed: int, people: int, companies: int) -> list[Row]:
    """Labelled rows: of every ten records three have a dirty double, one has two, two have somebody who looks alike."""
    maker = Maker(seed)
    for kind, count in (("person", people), ("company", companies)):
        for at in range(count):
            row = maker.person() if kind == "person" else maker.company()
            maker.rows.append(row)
            doubles = 2 if at % 10 == 0 else 1 if at % 10 < 4 else 0
            maker.rows += [maker.double(row) for _each in range(doubles)]
            if at % 10 in (4, 5):
                maker.rows.append(maker.alike(row))
    maker.dice.shuffle(maker.rows)
    return maker.rows
