"""Names in three scripts as common as they are: a few stand on every tenth card, most on one; written without Kith's own rules.

What comes later in a list is rarer: the share of place n is 1 / (n + FLAT), as it is of real names (Smith 0.9 %, the thousandth family 0.01 %).
"""

# ruff: noqa: SIM905 - long lists read better as text

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from .dirty import CITIES, CYRILLIC, ENDS, LATIN, ROOTS, STEMS

FLAT = 10
GIVEN = """
James Mary Michael Anna Thomas Maria Peter Laura David Emma John Julia Martin Sophie Daniel Sarah Stefan Eva Andreas Claire Robert Nina Paul Elena Lukas
Ingrid Erik Helen William Clara Jonas Alice Simon Marta Oliver Lena Felix Katrin Hugo Nora Karl Monica Alexander Petra Tobias Linda Christian Susan George Lisa
Philip Irene Marco Silvia Henrik Astrid Victor Diana Patrick Carla Andrew Teresa Oscar Marie Anders Louise Edward Johanna Frank Agnes Gustav Rosa Hans Greta
Ivan Olivia Jakob Amelia Kevin Isabel Leon Vera Mats Ruth Nils Ida Otto Edith Rafael Flora Sven Hanna Tom Elsa Walter Karin Bruno Sonja Emil Bianca Fabian
Camille Gregor Dagmar Harald Esther Ingo Frida Joachim Gerda Konrad Hilda Ludwig Ines Magnus Jana Noel Kirsten Olaf Lydia Pascal Margot Quentin Nadia Rolf Olga
""".split()
FAMILY = """
Smith Müller Johnson Schmidt Martin Jensen Rossi Brown Nielsen Schneider Garcia Hansen Williams Andersson Fischer Jones Weber Bernard Johansson Meyer Novak
Taylor Wagner Dubois Becker Kowalski Davies Schulz Hoffmann Thomas Larsen Robert Evans Karlsson Koch Bauer Richard Wilson Petit Nilsson Klein Roberts Wolf
Bianchi Fernandez Walker Durand Olsen Neumann Schwarz Wright Moreau Berger Hughes Virtanen Green Braun Pedersen Hall Zimmermann Lopez Wood Hofmann Eriksson
""".split()
#: Masculine given names and feminine ones by turns; families in the masculine form.
RUSSIAN = """
Александр Елена Сергей Ольга Владимир Наталья Андрей Татьяна Алексей Ирина Дмитрий Анна Николай Светлана Михаил Мария Иван Людмила Евгений Галина Виктор Екатерина
Юрий Марина Игорь Надежда Павел Юлия Василий Валентина Олег Анастасия Максим Лариса Антон Ксения Роман Оксана Денис Дарья Константин Вера Илья Виктория Кирилл Яна
Григорий Любовь Фёдор Алёна Пётр Жанна Борис Инна Ярослав Зоя Артём Эмма Вадим Софья Станислав Полина Тимур Раиса Леонид Лидия
""".split()
RUSSIAN_FAMILY = """
Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев
Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв
Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров Давыдов Беляев Герасимов Богданов Осипов Сидоров
Матвеев Титов Марков Миронов Крылов Куликов Карпов Власов Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов Абрамов
""".split()
#: Characters with their sound.
HAN_FAMILY = """
王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 邓deng 韩han
冯feng 曹cao 彭peng 曾zeng 肖xiao 田tian 董dong 潘pan 袁yuan 蔡cai 蒋jiang 余yu 于yu 杜du 叶ye 程cheng 魏wei 苏su 吕lü 丁ding 任ren 卢lu 姚yao 沈shen 钟zhong 姜jiang 崔cui 谭tan
陆lu 范fan 汪wang 廖liao 石shi 金jin 韦wei 贾jia 夏xia 付fu 方fang 邹zou 熊xiong 白bai 孟meng 秦qin 邱qiu 侯hou 江jiang 尹yin 薛xue 闫yan 雷lei 龙long 黎li 史shi 陶tao 贺he 毛mao 郝hao
龚gong 邵shao 万wan 钱qian 严yan 洪hong 戴dai 莫mo 孔kong 向xiang 常chang 温wen 康kang 施shi 文wen 牛niu 樊fan 葛ge 邢xing 安an 齐qi 易yi 乔qiao 伍wu 庞pang 颜yan 倪ni 庄zhuang 聂nie
""".split()
HAN_GIVEN = """
伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao 明ming 超chao 秀xiu 英ying 华hua 平ping 红hong 波bo 文wen 辉hui 玲ling 桂gui 云yun
鑫xin 宇yu 晨chen 浩hao 佳jia 欣xin 雪xue 海hai 春chun 林lin 东dong 建jian 国guo 志zhi 小xiao 晓xiao 玉yu 金jin 梅mei 兰lan 霞xia 燕yan 婷ting 慧hui 莉li 倩qian 丹dan 萍ping 颖ying
斌bin 鹏peng 飞fei 龙long 峰feng 刚gang 俊jun 凯kai 亮liang 健jian 毅yi 博bo 子zi 梓zi 轩xuan 雨yu 涵han 思si 怡yi 诗shi 琪qi 瑶yao 梦meng 洁jie 琳lin 瑞rui 泽ze 天tian 一yi 永yong
福fu 生sheng 根gen 宝bao 庆qing 德de 成cheng 祥xiang 立li 新xin 世shi 荣rong 贵gui 清qing 光guang 元yuan 正zheng 少shao 长chang 大da 振zhen 凤feng 爱ai 素su 淑shu 惠hui 月yue 美mei
""".split()
SYLLABLES = "ba ber bro cal dan der fal gar hal hol kel kir lan lin mar mel nor pel ros sel tan ter val vin wal".split()
TAILS = "man son sen ner berg dal feld stad ton vik mer ler dorf strom bach".split()
RUSSIAN_TAILS = "ов ин енко ский анов енков ицын овский ушев атин ерин остин аев имов".split()
TOWNS = {
    "zh": "上海 北京 深圳 广州 苏州 成都 杭州 武汉 南京 天津 西安 青岛 厦门 大连 无锡 宁波 长沙 郑州 济南 合肥 福州 昆明 沈阳 佛山 东莞 常州 珠海 烟台 温州 南昌".split(),
    "ru": "Москва Санкт-Петербург Новосибирск Екатеринбург Казань Самара Омск Челябинск Ростов Уфа Красноярск Пермь Воронеж Волгоград Краснодар Саратов Тюмень "
    "Тольятти Ижевск Барнаул Иркутск Хабаровск Ярославль Владивосток Томск Оренбург Кемерово Рязань Пенза Липецк Тула Киров Калининград Курск Тверь".split(),
    "en": [*CITIES, *"London Paris Madrid Stockholm Copenhagen Zurich Munich Cologne Turin Porto Gdansk Malmo Turku Ghent Basel Graz Brno Leipzig Bristol Nantes".split()],
}  # fmt: skip
SOUNDS = {pair[0]: pair[1:].capitalize() for pair in [*HAN_FAMILY, *HAN_GIVEN]}
FIRM_STEMS = [*STEMS, *"Бар Вер Гор Дар Зар Кал Лан Мар Нор Пал Рад Сав Тар Фад Хар Шал".split()]
FIRM_WORDS = "Полимер Металл Энерго Пром Строй Транс Агро Хим Нефть Лес Свет Мебель Продукт Техника Прибор Сервис Инвест Ресурс Маш Монтаж".split()
HAN_TRADES = "光学 仪器 化工 电子 机械 食品 制药 能源 环保 造船 纺织 钢铁 物流 软件 建材".split()


@dataclass(frozen=True, slots=True)
class Common[T]:
    """Things of which the first are common and the last are rare."""

    things: Sequence[T]
    shares: list[float]

    @classmethod
    def of(cls, things: Sequence[T], flat: int = FLAT) -> "Common[T]":
        """In this order."""
        return cls(things, list(accumulate(1 / (place + flat) for place in range(1, len(things) + 1))))

    def pick(self, dice: random.Random) -> T:
        """One of them."""
        return dice.choices(self.things, cum_weights=self.shares)[0]


def mixed(things: list[str]) -> list[str]:
    """In an order that has nothing to do with their letters; the same every time."""
    made = sorted(set(things))
    random.Random(5).shuffle(made)
    return made


def rare_families() -> list[str]:
    """Thousands of Latin families that few bear."""
    made = ["".join(parts).title() for parts in product(SYLLABLES, SYLLABLES, TAILS)]
    return mixed([*LATIN["family"], *made, *(root + end for root in ROOTS for end in ENDS)])


def rare_russian() -> list[str]:
    """The same in Russian, in the masculine form."""
    middles = ("", "ад", "ар", "ел", "ем", "ол", "ор", "ун", "ур", "ыл", "яр")
    made = ["".join(parts) for parts in product(FIRM_STEMS, middles, RUSSIAN_TAILS)]
    return mixed([*CYRILLIC["family"], *made])


def feminine(family: str) -> str:
    """A Russian family as women bear it."""
    return family[:-2] + "ая" if family.endswith("ий") else family + "а" if family.endswith(("в", "н")) else family


LATIN_GIVEN, LATIN_FAMILY = Common.of(GIVEN), Common.of([*FAMILY, *rare_families()])
MEN, WOMEN = Common.of(RUSSIAN[::2], 4), Common.of(RUSSIAN[1::2], 4)
FATHERS = Common.of("Александрович Сергеевич Владимирович Андреевич Алексеевич Дмитриевич Николаевич Михайлович Иванович Евгеньевич Викторович Юрьевич Игоревич Павлович".split(), 4)  # fmt: skip
CYRILLIC_FAMILY = Common.of([*RUSSIAN_FAMILY, *rare_russian()])
CHINESE_FAMILY, CHINESE_GIVEN = Common.of([pair[0] for pair in HAN_FAMILY], 5), Common.of([pair[0] for pair in HAN_GIVEN], 20)  # fmt: skip
TOWN = {script: Common.of(names, 3) for script, names in TOWNS.items()}
