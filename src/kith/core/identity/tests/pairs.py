"""Pairs of records that are, or are not, the same party: the test set of N7 in en, ru and zh.

SAME holds groups of records of one party, DIFFERENT pairs that look alike and are not. A record
is a name, or a dict of party_keys arguments; phones are written "COUNTRY number".
"""

from itertools import combinations, pairwise

from kith.core.identity.cyrillic import romanisations
from kith.core.identity.text import words

Record = str | dict[str, list[str]]
Pair = tuple[str, Record, Record, bool]

SAME_PEOPLE: list[list[Record]] = [
    ["Иванов Иван Петрович", "Ivan Ivanov", "Iwan Iwanow", "Ivan Ivanoff", "IVANOV Ivan", "Ivanov, Ivan"],
    ["Щербаков Сергей", "Sergey Shcherbakov", "Sergej Schtscherbakow", "Sergei Scherbakov", "Serguei Chtcherbakov"],
    ["Юлия Орлова", "Yulia Orlova", "Julia Orlova", "Iuliia Orlova", "Julija Orlowa", "Orlova Yuliya"],
    ["Пётр Чайковский", "Pyotr Tchaikovsky", "Petr Chaykovskiy", "Pjotr Tschaikowski", "Piotr Czajkowski"],
    ["Хрущёв Никита", "Nikita Khrushchev", "Hruschev Nikita", "Nikita Chruschtschow", "Nikita Khrouchtchev"],
    ["Александр Пушкин", "Alexander Pushkin", "Aleksandr Puschkin", "Alexandre Pouchkine", "Aleksandr Puszkin"],
    ["Ксения Соболева", "Xenia Soboleva", "Kseniya Soboleva", "Kseniia Soboleva", "Ksenija Sobolewa"],
    ["Горбачёв Михаил Сергеевич", "Mikhail Gorbachev", "Michail Gorbatschow", "Горбачев Михаил", "Gorbachyov Mikhail"],
    ["Кузнецов Алексей", "Alexey Kuznetsov", "Alexei Kusnezow", "Aleksej Kuznecov", "Kouznetsov Alexeï"],
    ["Ельцин Борис", "Boris Yeltsin", "Boris Jelzin", "Eltsine Boris"],
    ["Фёдор Достоевский", "Fyodor Dostoevsky", "Fedor Dostoyevsky", "Fjodor Dostojewski", "Fiodor Dostoïevski"],
    ["Наталья Соловьёва", "Natalia Solovyova", "Natalya Soloveva", "Natalja Solowjowa", "Наталия Соловьева"],
    ["Дмитрий Медведев", "Dmitry Medvedev", "Dmitri Medwedew", "Dmitrij Medvedev", "Dmitriy Medvedyev"],
    ["Жуков Георгий", "Georgy Zhukov", "Georgij Žukov", "Gueorgui Joukov"],
    ["Зайцева Мария", "Maria Zaitseva", "Mariya Zaytseva", "Marija Saizewa"],
    ["Ульянов Илья", "Ilya Ulyanov", "Ilja Uljanow", "Ilia Oulianov"],
    ["Ходорковский Михаил", "Mikhail Khodorkovsky", "Michail Chodorkowski"],
    ["Алексеева Анастасия", "Anastasia Alekseeva", "Anastasiya Alexeyeva", "Anastasija Aleksejewa"],
    ["Сергій Шевченко", "Serhii Shevchenko", "Serhiy Shevchenko"],
    ["Володимир Зеленський", "Volodymyr Zelenskyy", "Volodymyr Zelensky"],
    ["Татьяна Рыжкова", "Tatiana Ryzhkova", "Tatyana Ryzhkova", "Tatjana Ryschkova"],
    ["Евгений Яковлев", "Evgeny Yakovlev", "Yevgeniy Iakovlev", "Jewgenij Jakowlew"],
    ["Виктор Цой", "Victor Tsoy", "Viktor Tsoi", "Wiktor Zoj"],
    ["Салтыков-Щедрин Михаил", "Mikhail Saltykov-Shchedrin", "Михаил Салтыков–Щедрин"],
    ["Семён Королёв", "Semyon Korolyov", "Semen Korolev", "Семен Королев"],
    ["Артём Ёлкин", "Artyom Yolkin", "Artem Elkin"],
    ["Мюллер Томас", "Thomas Müller", "Thomas Mueller", "Thomas Muller"],
    ["张伟", "Zhang Wei", "Wei Zhang", "ZHANG Wei", "張偉", "Чжан Вэй"],
    ["王小明", "Wang Xiaoming", "Xiaoming Wang", "Wang Xiao Ming", "Xiao-Ming Wang", "Ван Сяомин"],
    ["欧阳娜娜", "Ouyang Nana", "歐陽娜娜", "Nana Ouyang"],
    ["李娜", "Li Na", "Na Li", "Ли На"],
    ["单雄信", "Shan Xiongxin", "Xiongxin Shan", "單雄信"],
    ["曾国藩", "Zeng Guofan", "曾國藩", "Цзэн Гофань"],
    ["吕布", "Lü Bu", "Lu Bu", "Lyu Bu", "Lv Bu", "呂布"],
    ["刘德华", "Liu Dehua", "劉德華", "De-Hua Liu"],
    ["诸葛亮", "Zhuge Liang", "諸葛亮", "Чжугэ Лян"],
    ["习近平", "Xi Jinping", "習近平", "Си Цзиньпин"],
    ["陈静", "Chen Jing", "陳靜", "Чэнь Цзин"],
    ["尉迟恭", "Yuchi Gong", "Gong Yuchi"],
    ["Mary Ann O'Brien", "O'Brien, Mary Ann", "Mary O’Brien", "mary ann o`brien"],
    ["Dr. Jonas Reuter", "Jonas Reuter", "REUTER Jonas", "Reuter, Jonas"],
    ["Jonas van der Berg", "van der Berg, Jonas", "Jonas Van Der Berg"],
    ["José García", "Jose Garcia", "GARCÍA José"],
    ["Zoë Dvořák", "Zoe Dvorak"],
    ["Martin Luther King, Jr.", "Martin L. King", "Martin King"],
    ["Anna Li", "Анна Ли", "Li, Anna"],
    [
        {"names": ["Иван"], "phones": ["RU 8 (916) 123-45-67"]},
        {"names": ["I. I."], "phones": ["DE +7 916 123 45 67"]},
        {"phones": ["DE 007 916 1234567"]},
        {"phones": ["RU 89161234567"]},
    ],
    [
        {"names": ["Kim"], "emails": ["kim@mailbox.example"]},
        {"emails": ['"K" <Kim@Mailbox.example>']},
        {"emails": ["KIM @ mailbox.example"]},
    ],
    [{"emails": ["иван@пример.рф"]}, {"emails": ["Иван@xn--e1afmkfd.xn--p1ai"]}],
    [{"phones": ["BR 21 7555 0143"]}, {"phones": ["DE +55 21 97555-0143"]}],
    [{"phones": ["MX +52 1 33 1234 5678"]}, {"phones": ["MX 33 1234 5678"]}],
    [{"phones": ["PL 22 123 45 67 x.0042"]}, {"phones": ["DE 0048 22 123-45-67 #0042"]}],
    [{"tax_ids": ["7707 083893"]}, {"tax_ids": ["7707083893"]}],
]  # fmt: skip
SAME_COMPANIES: list[list[Record]] = [
    ["ООО «Ромашка»", "Romashka LLC", '"Ромашка", ООО', "OOO Romashka", "Romaschka GmbH",
     "Общество с ограниченной ответственностью «Ромашка»"],
    ["ПАО Сбербанк", "Sberbank PJSC", "Сбербанк", "PAO Sberbank"],
    ["АО «Щёлково Агрохим»", "Shchelkovo Agrohim JSC", "Щелково Агрохим АО"],
    ["ИП Иванов Иван Иванович", "Иванов Иван Иванович ИП"],
    ["华为技术有限公司", "華為技術有限公司", "华为技术"],
    ["腾讯控股有限公司", "騰訊控股有限公司"],
    ["海尔集团", "海尔集团有限公司", "海尔"],
    ["北京字节跳动科技有限公司", "北京字节跳动科技有限责任公司"],
    ["Acme Inc.", "ACME, Incorporated", "Acme Co., Ltd.", "acme", "“Acme” LLC", "Акме ООО"],
    ["Arbor GmbH & Co. KG", "ARBOR GmbH", "Арбор ООО", "Arbor, s. r. o."],
    ["Queen's Bakery Ltd", "Queen’s Bakery Limited", "QUEENS BAKERY"],
    ["Société Générale SA", "Societe Generale S.A."],
    ["Müller Sp. z o.o.", "Mueller sp. z o. o.", "MULLER Sp.z.o.o."],
    ["株式会社トヨタ", "トヨタ株式会社", "トヨタ(株)"],
    ["Volvo AB (publ)", "Volvo", "ＶＯＬＶＯ AB"],
    ["Альфа-Банк АО", "Alfa-Bank JSC", "Alfa Bank"],
    ["Северсталь ПАО", "Severstal PJSC", "Severstal'"],
    ["ЗАО «Технострой»", "Tekhnostroy CJSC", "Tehnostroj"],
    ["ООО Юнипро", "Yunipro LLC"],
    [{"names": ["One"], "emails": ["kim@arbor.example"]}, {"names": ["A."], "emails": ["li@ARBOR.example"]},
     {"websites": ["https://www.arbor.example/shop"]}],
    [{"websites": ["http://Пример.рф"]}, {"websites": ["https://xn--e1afmkfd.xn--p1ai/x"]}],
    [{"tax_ids": ["DE 123 456 789"]}, {"tax_ids": ["de123456789"]}],
    [{"external_ids": ["erp:17"]}, {"external_ids": ["erp:17"]}],
]  # fmt: skip
DIFFERENT_PEOPLE: list[tuple[Record, Record]] = [
    ("Иванов Иван", "Иванова Ирина"), ("Иванов Иван Петрович", "Иванов Иван Сергеевич"),
    ("Иванов Иван Петрович", "Ivanov Ivan Sergeevich"), ("Иванов Иван", "Петров Иван"),
    ("Ivan Petrov", "Petr Ivanov"), ("Александр Иванов", "Александра Иванова"), ("Сергей Петров", "Сергей Перов"),
    ("Евгений Попов", "Евгения Попова"), ("Валерий Орлов", "Валерия Орлова"), ("Жаров Олег", "Шаров Олег"),
    ("Зотов Пётр", "Сотов Пётр"), ("Белов Илья", "Беляев Илья"), ("Титов Юрий", "Титаев Юрий"),
    ("Козлов Лев", "Козлова Лев"), ("Хромов Ян", "Громов Ян"), ("Чернов Олег", "Черный Олег"),
    ("Тихонов Глеб", "Тимонов Глеб"), ("Анна Котова", "Инна Котова"), ("Марина Лис", "Мария Лис"),
    ("Денис Быков", "Денис Быковский"), ("Olga Ivanova", "Ольга Иванцова"), ("Pavel Novikov", "Павел Новиков-Ли"),
    ("Иван Иванов", "Ян Иванов"), ("Игорь Юрьев", "Егор Юрьев"), ("Роман Ким", "Роман Кимов"),
    ("Юрий Гагарин", "Yuri Gagarina"), ("Лидия Рус", "Лилия Рус"), ("Мария Росси", "Mario Rossi"),
    ("张伟", "章薇"), ("张伟", "张薇"), ("张伟", "张卫国"), ("Zhang Wei", "Zhang Wen"), ("Zhou Wei", "Zhu Wei"),
    ("Jiang Wei", "Yang Wei"), ("Wang Fang", "Huang Fang"), ("Li Na", "Li Nan"), ("李娜", "李丽"), ("王小明", "王晓明"),
    ("陈静", "程静"), ("Chen Jing", "Cheng Jing"), ("刘洋", "Liu Yan"), ("孙丽", "Song Li"), ("林丹", "Ling Dan"),
    ("黄磊", "王磊"), ("Xu Ning", "Su Ning"), ("Cai Lin", "Kai Lin"), ("Qian Yu", "Jian Yu"), ("Zhao Min", "Zao Min"),
    ("Чжан Вэй", "Чжао Вэй"), ("张伟", "Zhang Weiwei"), ("欧阳娜娜", "欧阳娜"), ("Shen Li", "Sheng Li"),
    ("John Smith", "Joan Smith"), ("Anna Meyer", "Anne Meyer"), ("Julia Weber", "Julian Weber"),
    ("Christian Bauer", "Christina Bauer"), ("Daniel Wolf", "Daniela Wolf"), ("Michael Lang", "Michaela Lang"),
    ("Mark Lind", "Mark Lund"), ("Eva Stone", "Eva Stones"), ("Paul King", "Paula King"), ("Tom Hart", "Tim Hart"),
    ("Jan Berg", "Jan Burg"), ("Mary Ann Fox", "Mary Beth Fox"), ("Martin A. Bell", "Martin B. Bell"),
    ("O'Brien, Mary", "O'Bryan, Marty"), ("Jonas Reuter", "Jonas Reiter"), ("Kim Lee", "Tim Lee"), ("Ann Hall", "Ann Hill"),
    ("Peter Fischer", "Petra Fischer"), ("Simon Roth", "Simone Roth"), ("Andre Petit", "Andrea Petit"),
    ("Zhang Wei", "Иван Вэй"), ("Ivan", "Ivan"), ("Мария", "Maria"), ("张", "Zhang"),
    ({"emails": ["kim@arbor.example"]}, {"emails": ["li@arbor.example"]}),
    ({"emails": ["kim@mail.ru"]}, {"emails": ["kim@bk.ru"]}),
    ({"phones": ["PL 22 123 45 67 x.0042"]}, {"phones": ["PL 22 123 45 67 x.42"]}),
    ({"phones": ["PL 22 123 45 67"]}, {"phones": ["PL 22 123 45 67 x.42"]}),
    ({"phones": ["RU 8 916 123-45-67"]}, {"phones": ["RU 8 916 123-45-76"]}),
    ({"phones": ["RU 8 916 123-45-67"]}, {"phones": ["US 916 123 4567"]}),
    ({"tax_ids": ["7707083893"]}, {"tax_ids": ["7707083894"]}), ({"tax_ids": ["-"]}, {"tax_ids": ["-"]}),
    ({"emails": ["broken"]}, {"emails": ["broken"]}), ({"websites": ["arbor.example"]}, {"websites": ["arbor.example"]}),
]  # fmt: skip
DIFFERENT_COMPANIES: list[tuple[Record, Record]] = [
    ("ООО «Ромашка»", "ООО «Ромашки»"), ("Arbor Ltd", "Arbor Tech Ltd"), ("Arbor Ltd", "Harbor Ltd"),
    ("Acme Inc", "Acne Inc"), ("ООО Север", "ООО Сервер"), ("ТехноСтрой", "ТехноСтройка"), ("Технострой", "Техностиль"),
    ("华为技术有限公司", "华文技术有限公司"), ("北京科技有限公司", "南京科技有限公司"), ("东方集团", "东风集团"),
    ("海尔集团", "海儿集团"), ("中信集团", "中兴集团"), ("Альфа", "Альфа Плюс"), ("Альфа", "Alpine"),
    ("Ford Motor Company", "Ford Credit Company"), ("Bell Ltd", "Ball Ltd"), ("Nord GmbH", "Nordic GmbH"),
    ("Вектор ООО", "Лектор ООО"), ("Вега АО", "Mega JSC"), ("Гранит", "Гранат"), ("Orion LLC", "Orlon LLC"),
    ("Радуга", "Raduga Group"), ("Восход-1", "Восход-2"), ("Завод 12", "Завод 21"), ("3M", "5M"),
    ("Lind & Sons", "Lind & Son"), ("Delta Air", "Delta Hair"), ("Сибирь", "Сибур"), ("Лукойл", "Лукойл-Юг"),
    ("AG", "KG"), ("ООО", "ЗАО"), ("BP plc", "VP plc"), ("腾讯控股有限公司", "腾讯科技有限公司"),
    ({"emails": ["a@gmail.com"]}, {"emails": ["b@gmail.com"]}), ({"emails": ["a@qq.com"]}, {"emails": ["b@qq.com"]}),
    ({"emails": ["kim@arbor.example"]}, {"emails": ["kim@eu.arbor.example"]}),
    ({"websites": ["vk.com/arbor"]}, {"websites": ["vk.com/acme"]}),
    ({"websites": ["linkedin.com/company/a"]}, {"websites": ["https://www.linkedin.com/company/b"]}),
    ({"websites": ["http://10.0.0.1"]}, {"websites": ["http://10.0.0.1/x"]}),
    ({"external_ids": ["erp:17"]}, {"external_ids": ["crm:17"]}),
]  # fmt: skip
_FAMILIES = sorted(
    words(
        "Смирнов Кузнецов Васильев Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Егоров Павлов Козлов Степанов "
        "Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв"
    )
)
_GIVEN = sorted(
    words(
        "Александр Сергей Дмитрий Андрей Алексей Максим Евгений Иван Михаил Артём Николай Павел Роман Виктор Юрий Василий "
        "Григорий Илья Пётр Фёдор Кирилл Вячеслав Тимофей Георгий Анатолий Игорь Яков"
    )
)
_OTHER_CLASSES = 37


def pairs() -> list[Pair]:
    """Return the whole test set, always the same."""
    return [*_same(), *_romanised(), *_different()]


def _same() -> list[Pair]:
    found: list[Pair] = []
    for kind, groups in (("person", SAME_PEOPLE), ("company", SAME_COMPANIES)):
        for group in groups:
            found += [(kind, one, other, True) for one, other in list(combinations(group, 2))[:9]]
    return found


def _romanised() -> list[Pair]:
    """Russian names beside their spelling in one of the schemes of passports and presses."""
    found: list[Pair] = []
    for index, (family, given) in enumerate(zip(_FAMILIES, _GIVEN, strict=True)):
        latin = romanisations(f"{given} {family}")
        found.append(("person", f"{family} {given}", latin[index % len(latin)].title(), True))
    return found


def _different() -> list[Pair]:
    found: list[Pair] = [("person", one, other, False) for one, other in DIFFERENT_PEOPLE]
    found += [("company", one, other, False) for one, other in DIFFERENT_COMPANIES]
    for kind, groups in (("person", SAME_PEOPLE), ("company", SAME_COMPANIES)):
        found += [(kind, one[-1], other[0], False) for one, other in pairwise(groups)][:_OTHER_CLASSES]
    swapped = zip(_FAMILIES, [*_GIVEN[1:], _GIVEN[0]], romanisations_of(_GIVEN), strict=True)
    found += [("person", f"{family} {given}", f"{other} {family}", False) for family, given, other in swapped]
    return found


def romanisations_of(names: list[str]) -> list[str]:
    """Return each name in its most usual Latin spelling."""
    return [romanisations(name)[0].title() for name in names]
