"""Names of people and companies in three scripts, as many as wanted, always the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

LANGUAGES, SHARES = ("en", "ru", "zh"), (45, 30, 25)
LATIN = (
    [
        "Anna",
        "Maria",
        "Peter",
        "Lars",
        "Ingrid",
        "Thomas",
        "Julia",
        "Stefan",
        "Claire",
        "Hugo",
        "Emma",
        "Oliver",
        "Sophie",
        "Karl",
        "Nora",
        "Felix",
        "Helen",
        "Martin",
        "Laura",
        "David",
    ],
    [
        "Müller",
        "Schmidt",
        "Hansen",
        "Johansen",
        "Smith",
        "Brown",
        "Taylor",
        "Dubois",
        "Martin",
        "Bernard",
        "Rossi",
        "Virtanen",
        "Korhonen",
        "Nielsen",
        "Andersson",
        "Weber",
        "Fischer",
        "Novak",
        "Kowalski",
        "Jansen",
    ],
)
CYRILLIC = (
    [
        "Анна",
        "Мария",
        "Пётр",
        "Сергей",
        "Ольга",
        "Дмитрий",
        "Елена",
        "Алексей",
        "Наталья",
        "Иван",
        "Татьяна",
        "Михаил",
        "Светлана",
        "Андрей",
        "Юлия",
        "Николай",
        "Ирина",
        "Владимир",
        "Фёдор",
        "Алёна",
    ],
    [
        "Иванов",
        "Петров",
        "Сидоров",
        "Кузнецов",
        "Смирнов",
        "Попов",
        "Соколов",
        "Лебедев",
        "Козлов",
        "Новиков",
        "Морозов",
        "Волков",
        "Зайцев",
        "Павлов",
        "Семёнов",
        "Голубев",
        "Виноградов",
        "Щербаков",
        "Тихонов",
        "Журавлёв",
    ],
)
HAN = (
    [
        "伟",
        "芳",
        "娜",
        "敏",
        "静",
        "丽",
        "强",
        "磊",
        "军",
        "洋",
        "勇",
        "艳",
        "杰",
        "娟",
        "涛",
        "明",
        "超",
        "秀英",
        "建国",
        "雨桐",
    ],
    [
        "王",
        "李",
        "张",
        "刘",
        "陈",
        "杨",
        "黄",
        "赵",
        "吴",
        "周",
        "徐",
        "孙",
        "马",
        "朱",
        "胡",
        "郭",
        "何",
        "高",
        "林",
        "欧阳",
    ],
)
SYLLABLES = (
    [
        "ba",
        "ber",
        "bro",
        "cal",
        "dan",
        "der",
        "fal",
        "gar",
        "hal",
        "hol",
        "kel",
        "kir",
        "lan",
        "lin",
        "mar",
        "mel",
        "nor",
        "pel",
        "ros",
        "sel",
        "tan",
        "ter",
        "val",
        "vin",
        "wal",
    ],
    ["man", "son", "sen", "ner", "berg", "dal", "feld", "stad", "ton", "vik", "mer", "ler", "dorf", "strom", "bach"],
)
CYRILLIC_PARTS = (
    [
        "Бар",
        "Вер",
        "Гор",
        "Дар",
        "Зар",
        "Кал",
        "Лан",
        "Мар",
        "Нор",
        "Пал",
        "Рад",
        "Сав",
        "Тар",
        "Фад",
        "Хар",
        "Чер",
        "Шал",
    ],
    ["анов", "енков", "ицын", "овский", "ушев", "атин", "ерин", "остин", "аев", "имов"],
)
GIVEN_SECOND = [
    "华",
    "平",
    "红",
    "波",
    "文",
    "辉",
    "玲",
    "桂",
    "云",
    "鑫",
    "宇",
    "晨",
    "浩",
    "佳",
    "欣",
    "雪",
    "海",
    "春",
    "林",
    "东",
]
TRADES = {
    "en": [
        "Paper",
        "Foods",
        "Marine",
        "Energy",
        "Pharma",
        "Metals",
        "Chemicals",
        "Optics",
        "Water",
        "Machinery",
        "Logistics",
        "Textiles",
        "Systems",
        "Dairy",
        "Brewing",
    ],
    "ru": [
        "Полимер",
        "Металл",
        "Энерго",
        "Пром",
        "Строй",
        "Транс",
        "Агро",
        "Хим",
        "Нефть",
        "Лес",
        "Свет",
        "Мебель",
        "Продукт",
        "Техника",
        "Прибор",
    ],
    "zh": [
        "光学",
        "仪器",
        "化工",
        "电子",
        "机械",
        "食品",
        "制药",
        "能源",
        "环保",
        "造船",
        "纺织",
        "钢铁",
        "传感器",
        "物流",
        "半导体",
    ],
}
CITIES = {
    "en": (
        ("NO", "Oslo"),
        ("DE", "Hamburg"),
        ("GB", "Leeds"),
        ("FR", "Lyon"),
        ("SE", "Malmö"),
        ("FI", "Turku"),
        ("US", "Seattle"),
    ),
    "ru": (("RU", "Москва"), ("RU", "Самара"), ("RU", "Казань"), ("RU", "Екатеринбург"), ("KZ", "Алматы")),
    "zh": (("CN", "上海"), ("CN", "北京"), ("CN", "深圳"), ("CN", "苏州"), ("CN", "成都")),
}
PHONES = {
    "NO": "+47412",
    "DE": "+4917139",
    "GB": "+447911",
    "FR": "+33612",
    "SE": "+46701",
    "FI": "+35850",
    "US": "+1206555",
    "RU": "+7916",
    "KZ": "+7701",
    "CN": "+86138",
}
DIGITS = {"NO": 8, "DE": 11, "GB": 10, "FR": 9, "SE": 9, "FI": 9, "US": 10, "RU": 10, "KZ": 10, "CN": 11}


@dataclass(frozen=True, slots=True)
class Named:
    """A name with what goes with its script."""

    language: str
    given: str
    family: str
    country: str
    city: str
    phone: str


def chance(seed: int) -> random.Random:
    """A source of chance that is the same every time."""
    return random.Random(seed)  # noqa: S311 - for variety, not for secrets


def people(count: int, seed: int = 1) -> Iterator[Named]:
    """Names of people; some common, some rare."""
    source = chance(seed)
    for number in range(count):
        language = source.choices(LANGUAGES, SHARES)[0]
        country, city = source.choice(CITIES[language])
        given, family = {"en": latin, "ru": cyrillic, "zh": han}[language](source)
        yield Named(language, given, family, country, city, phone(country, number))


def phone(country: str, number: int) -> str:
    """A phone number in E.164; the last digits count."""
    head = PHONES[country]
    wide = DIGITS[country] - (
        len(head) - len({"US": "+1", "RU": "+7", "KZ": "+7"}.get(country, head[:3] if country != "FI" else "+358"))
    )
    return head + str(number * 7919 % 10**wide).zfill(wide)


def latin(source: random.Random) -> tuple[str, str]:
    """A Western name; half of the families are rare."""
    given, family = source.choice(LATIN[0]), source.choice(LATIN[1])
    return given, family if source.random() < 0.5 else (
        source.choice(SYLLABLES[0]) + source.choice(SYLLABLES[0]) + source.choice(SYLLABLES[1])
    ).title()


def cyrillic(source: random.Random) -> tuple[str, str]:
    """A Russian name."""
    given, family = source.choice(CYRILLIC[0]), source.choice(CYRILLIC[1])
    family = family if source.random() < 0.5 else source.choice(CYRILLIC_PARTS[0]) + source.choice(CYRILLIC_PARTS[1])
    return given, family + ("а" if given[-1] in "ая" and family[-1] in "вн" else "")


def han(source: random.Random) -> tuple[str, str]:
    """A Chinese name."""
    given = source.choice(HAN[0])
    return given if source.random() < 0.4 else given[0] + source.choice(GIVEN_SECOND), source.choice(HAN[1])


def company(number: int, source: random.Random) -> tuple[str, str, str, str]:
    """Language, name, country and city of a company."""
    language = source.choices(LANGUAGES, SHARES)[0]
    country, city = source.choice(CITIES[language])
    trade = source.choice(TRADES[language])
    if language == "ru":
        name = f"{source.choice(('ООО', 'АО', 'ПАО'))} «{source.choice(CYRILLIC_PARTS[0])}{source.choice(('а', 'о', 'ь-'))}{trade} {number}»"
    elif language == "zh":
        name = f"{city}{source.choice(GIVEN_SECOND)}{source.choice(GIVEN_SECOND)}{trade}有限公司"
    else:
        name = f"{latin(source)[1]} {trade} {source.choice(('AS', 'GmbH', 'Ltd', 'SA', 'Oy', 'AB', 'Inc.'))}"
    return language, name, country, city
