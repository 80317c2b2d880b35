"""Given names and name particles: what tells the family name from the given name."""

from functools import lru_cache

from .skeleton import skeleton
from .text import words

_RUSSIAN = """
Александр Александра Алексей Алёна Алина Алиса Алла Альберт Альбина Анастасия Анатолий Ангелина
Андрей Анжела Анна Антон Антонина Аркадий Арсений Артём Артур Богдан Борис Вадим Валентин
Валентина Валерий Валерия Варвара Василий Василиса Вера Вероника Виктор Виктория Виталий Влад
Владимир Владислав Владислава Всеволод Вячеслав Галина Геннадий Георгий Герман Глеб Григорий
Дарья Даниил Данила Дана Денис Диана Дмитрий Ева Евгений Евгения Егор Екатерина Елена Елизавета
Ефим Жанна Захар Зинаида Зоя Иван Игорь Илья Инна Инга Иннокентий Иосиф Ирина Камила Карина
Кирилл Клавдия Константин Кристина Ксения Лариса Лев Леонид Лидия Лилия Любовь Людмила Макар
Максим Маргарита Марина Мария Марк Марат Матвей Милана Мирослав Михаил Надежда Наталья Наталия
Никита Николай Нина Нонна Оксана Олег Олеся Ольга Павел Пётр Полина Прохор Раиса Римма Роман
Ростислав Руслан Савелий Светлана Семён Сергей Снежана София Софья Станислав Степан Таисия
Тамара Тарас Татьяна Тимофей Тимур Ульяна Фёдор Филипп Эдуард Эльвира Эмилия Эмма Юлия Юрий Яков
Яна Ярослав Ярослава Олександр Олексій Сергій Дмитро Андрій Микола Михайло Ірина Олена Оксана
Катерина Наталія Тетяна Ганна Юрій Володимир Василь Іван Петро Павло Рустам Ильдар Ринат Азат
Айгуль Гульнара Нурлан Ержан Арман Тигран Давид Самвел Гарик Руфь Игнат Клим Лука
Леся Маша Саша Катя Лена Оля Таня Наташа Юля Миша Коля Дима Лёша Серёжа Ваня Вова Женя Настя
"""
PARTICLES = words(
    "van von der den de del della di da dos das du la le les el al bin ibn ben bint ter ten zu zum "
    "zur af av y e 't st st. mac фон ван дер де да ди ла ле аль эль ибн бен"
)
PREFIXES = words(
    "dr prof mr mrs ms miss mx sir dame rev fr hon herr frau m mme mlle sig sra sr señor señora "
    "dipl-ing ing mag г-н г-жа гн гжа господин госпожа д-р др доктор проф профессор акад тов"
)
SUFFIXES = words("jr sr ii iii iv phd ph.d md m.d mba cpa esq cfa pe dds ктн дтн кэн дэн мл ст")
HAN_TITLES = ("先生", "女士", "小姐", "博士", "教授", "老师", "经理", "總經理", "总经理", "太太")
_PATRONYMICS = (
    "ович", "евич", "ич", "овна", "евна", "ична", "ыч", "івна", "ївна", "йович", "оглы", "кызы",
    "ovich", "evich", "ovic", "owitsch", "ewitsch", "owicz", "ewicz", "ovych", "evych", "yevich",
    "ovna", "evna", "ichna", "inichna", "owna", "ewna", "ivna", "ilyich", "ilich", "iovich",
)  # fmt: skip
_FAMILY_ENDINGS = (
    "ов", "ова", "ев", "ева", "ёв", "ёва", "ин", "ина", "ын", "ына", "ский", "ская", "цкий",
    "цкая", "ской", "енко", "ко", "чук", "юк", "ук", "як", "ян", "дзе", "швили", "ых", "их",
    "ович", "евич", "ман", "берг", "ський", "ська",
    "ov", "ova", "ev", "eva", "in", "ina", "sky", "skaya", "skiy", "ski", "enko", "chuk", "yan",
    "dze", "shvili", "ow", "off", "owa",
)  # fmt: skip


@lru_cache(maxsize=1)
def _russian_sounds() -> frozenset[str]:
    return frozenset(map(skeleton, _RUSSIAN.split()))


@lru_cache(maxsize=10_000)
def is_given(word: str) -> bool:
    """Is it a given name usual in Russian, Ukrainian or Kazakh, in any script?"""
    return skeleton(word) in _russian_sounds()


@lru_cache(maxsize=10_000)
def is_patronymic(word: str) -> bool:
    """Does the lower-case word end like a patronymic (Петрович, Petrovna)?"""
    return len(word) > 4 and word.endswith(_PATRONYMICS)


def is_patronymic_of_known(word: str) -> bool:
    """Is it a patronymic made from a usual given name (Иванович, but not Абрамович)?"""
    if not is_patronymic(word):
        return False
    sound = skeleton(word)
    return any(len(given) > 2 and sound.startswith(given.rstrip("ieoa")) for given in _russian_sounds())


def looks_family(word: str) -> bool:
    """Does the lower-case word end like a Slavic, Georgian or Armenian family name?"""
    return len(word) > 3 and word.endswith(_FAMILY_ENDINGS)
