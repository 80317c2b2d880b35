"""Which old encoding makes bytes look like Russian, Chinese or Western European text; scores from 0 to 1."""

import codecs
import re
from collections.abc import Callable

from .damage import HANDLER, MARK

CYRILLIC = ("cp1251", "koi8-r", "mac-cyrillic", "cp866")
#: Below this nothing is claimed, unless no other encoding comes near.
ENOUGH = 0.5
#: Letters that make up four fifths of Russian text; an encoding mistaken for another permutes them.
COMMON_RUSSIAN = frozenset("оеаинтсрвлкмдпуя")
#: The characters of everyday Chinese, of surnames, companies and addresses; rare ones betray a wrong encoding.
COMMON_CHINESE = frozenset(
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从"
    "业本名称姓电话手机邮箱箱地址省市区县路街号楼室城北京上海广州深圳浙江苏东南西湖河山川重庆成都杭武汉天津安徽福建湖陕辽宁吉林黑龙云贵青海新疆内蒙古香港有限责任股份集团科技技术贸易商务信息网络工程建设设计制造电子"
    "机械化医药食品文化传媒管理咨询服务实业投资发展张王李赵刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建斌客户联系经理销售部门职位备注性别男女生日期编状态金额单价数量产品总合计元类型来源等级最低高开始结束时间"
)
COMMON_TRADITIONAL = frozenset(
    "的一是不了人我在有他這為之大來以個中上們到說國和地也子時道出而要於就下得可你年生自會那後能對著事其裡所去行過家十用發天如然作方成者多日都三小軍二無同麼經法當起與好看學進種將還分此心前面又定見只主沒公從"
    "業本名稱姓電話手機郵箱地址省市區縣路街號樓室城臺台北高雄新竹中南桃園基隆嘉義花蓮東有限責任股份集團科技術貿易商務信息資訊網絡路工程建設計製造電子機械化醫藥食品文傳媒管理諮詢服務實業投資發展張王李趙劉陳楊黃周吳徐"
    "孫胡朱高林何郭馬羅梁宋鄭謝韓唐馮董蕭程曹袁鄧許傅沈曾彭呂蘇盧蔣蔡賈丁魏薛葉閻余潘杜戴夏鍾汪田任姜范方石姚譚廖鄒熊金陸郝孔白崔康毛邱秦江史顧侯邵孟萬段雷錢湯尹黎易常武喬賀賴龔文客戶聯絡經理銷售部門職位備註性別男女期"
)
WORD = re.compile(r"[^\W\d_]+")


def best_guess(sample: bytes) -> str | None:
    """The codec under which the sample reads best, None when none convinces."""
    scores = {name: score(sample, name, russian) for name in CYRILLIC}
    scores["gb18030"] = score(sample, "gb18030", lambda text: chinese(text, COMMON_CHINESE))
    scores["big5"] = score(sample, "big5", lambda text: chinese(text, COMMON_TRADITIONAL))
    scores["cp1252"] = score(sample, "cp1252", western)
    second, best = sorted(scores.values())[-2:]
    if best >= ENOUGH or (best >= ENOUGH / 2 and best >= second * 2):
        return max(scores, key=lambda name: scores[name])
    return None


def score(sample: bytes, encoding: str, judge: Callable[[str], float]) -> float:
    """The judge's opinion of the sample in this encoding; each byte that does not belong to it counts twice against."""
    text = codecs.getincrementaldecoder(encoding)(HANDLER).decode(sample)
    foreign = sum(1 for sign in text if sign >= "\x80")
    return (judge(text) - 2 * text.count(MARK)) / foreign if foreign else 0.0


def russian(text: str) -> float:
    """How many letters stand in words written like Russian: all small, all capital or capitalised, of common letters."""
    total = 0.0
    for word in WORD.findall(text):
        if not word.isascii() and all("\u0400" <= sign <= "\u045f" or sign in "Ґґ" for sign in word) and is_cased(word):
            total += sum(1.0 if sign in COMMON_RUSSIAN else 0.7 for sign in word.lower()) - (
                0.1 * len(word) if len(word) > 1 and word.isupper() else 0
            )
    return total + 0.5 * sum(text.count(sign) for sign in "№«»–—")


def is_cased(word: str) -> bool:
    """Whether capitals stand only where people put them."""
    return word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())


def chinese(text: str, common: frozenset[str]) -> float:
    """How many characters are everyday ones; a third of real text is not, which is made up for."""
    signs = [sign for sign in text if sign >= "\x80"]
    usual = sum(1 for sign in signs if sign in common)
    marks = sum(1 for sign in signs if sign in "，。、；：？！（）《》“”‘’【】—…·　％＃＆＋－／")
    return min(usual * 1.4 + marks * 0.8, float(len(signs)))


def western(text: str) -> float:
    """How many accented letters stand among plain ones, in words that are mostly plain; typographic signs count half."""
    total = 0.5 * sum(1 for sign in text if sign in "€£©®°–—’‘“”…«»·§ªº\xa0")
    for word in WORD.findall(text):
        accented = sum(1 for sign in word if "\xc0" <= sign <= "\xff" or sign in "ŒœŠšŽžŸ")
        if accented and accented * 2 <= len(word) and is_cased(word):
            total += accented
    return total
