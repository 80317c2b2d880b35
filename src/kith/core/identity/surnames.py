"""Chinese family names: the usual ones, those of two characters, and their special readings."""

from .text import words

# The most frequent first.
BY_FREQUENCY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬"
    "师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢"
    "劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初"
    "门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公"
    "哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由习荀蒯糜幺鄞揣郗苌禚"
)
SINGLE = frozenset(BY_FREQUENCY)
COMPOUND = words(
    "欧阳 上官 司马 诸葛 司徒 东方 独孤 南宫 万俟 闻人 夏侯 尉迟 公孙 轩辕 令狐 宇文 长孙 慕容 鲜于 "
    "司空 皇甫 端木 百里 呼延 淳于 单于 太史 申屠 公羊 澹台 公冶 宗政 濮阳 赫连 拓跋 西门 东郭 南门 "
    "羊舌 微生 梁丘 左丘 第五 钟离 闾丘"
)
# Characters read otherwise in a family name than elsewhere.
READINGS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "任": "ren", "查": "zha", "区": "ou",
    "朴": "piao", "盖": "ge", "缪": "miao", "翟": "zhai", "覃": "qin", "冼": "xian", "乐": "yue",
    "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun", "单于": "chanyu", "澹台": "tantai",
    "都": "du", "宁": "ning", "阚": "kan", "那": "na", "句": "gou", "燕": "yan", "宿": "su",
    "沈": "shen", "夏侯": "xiahou", "洗": "xian", "车": "che", "石": "shi", "薄": "bo",
    "佘": "she", "祭": "zhai", "尹": "yin", "柏": "bai", "谌": "chen", "臧": "zang",
    "於": "yu", "逯": "lu", "郜": "gao", "晁": "chao", "褚": "chu", "昝": "zan", "娄": "lou",
    "纪": "ji", "强": "qiang", "隗": "wei", "阿": "a", "合": "he", "大": "da", "相": "xiang",
}  # fmt: skip
