"""China."""

from .shape import Country, cities, firms, words

CHINA = Country(
    "CN", "zh", "Asia/Shanghai", "CNY", "+86 138 0000 ####", ("lijing", "wanglei"),
    firms("""
        上海澄光光学有限公司 | chengguang-optics | optics | 上海 | 520 | active | A | customer
        苏州恒测仪器有限公司 | hengce | machinery | 苏州 | 180 | active | B | customer partner
        宁波远洋造船股份有限公司 | nb-yuanyang | marine | 宁波 | 2600 | active | A | customer
        深圳市芯源半导体有限公司 | xinyuan-semi | optics | 深圳 | 1400 | prospect | A | prospect
        广州南粤制药有限公司 | nanyue-pharma | pharma | 广州 | 870 | active | B | customer
        杭州绿源环保科技有限公司 | lvyuan-env | water | 杭州 | 230 | active | B | customer
        青岛海浪啤酒有限公司 | hailang-beer | food | 青岛 | 1900 | active | A | customer
        天津华钢集团有限公司 | huagang | metals | 天津 | 5200 | prospect | A | prospect
        北京精衡计量研究院 | jingheng | research | 北京 | 310 | active | B | customer partner
        成都天府乳业有限公司 | tianfu-dairy | food | 成都 | 640 | active | C | customer
        武汉长江化工有限公司 | cj-chem | chemicals | 武汉 | 1100 | active | B | customer
        南京紫金纸业有限公司 | zijin-paper | paper | 南京 | 480 | dormant | C | customer
        无锡风能设备有限公司 | wx-wind | energy | 无锡 | 390 | active | B | customer
        东莞创达传感器有限公司 | chuangda | research | 东莞 | 150 | active | C | competitor
        厦门海峡食品有限公司 | haixia-food | food | 厦门 | 270 | prospect | C | prospect
        西安航宇光电有限公司 | hangyu | optics | 西安 | 330 | active | C | customer
        大连北港重工有限公司 | beigang | marine | 大连 | 1700 | lost | B | customer
        上海澄光精密制造有限公司 | cg-precision | optics | 上海 | 140 | active | C | customer
        重庆江源电力有限公司 | jiangyuan | energy | 重庆 | 920 | active | B | customer
        昆山联创电子有限公司 | lianchuang | machinery | 昆山 | 260 | provisional | C | prospect
    """),
    cities("""
        上海 | 上海 | 200120 | +86 21 5550 ####
        苏州 | 江苏 | 215021 | +86 512 6550 ####
        昆山 | 江苏 | 215300 | +86 512 5750 ####
        南京 | 江苏 | 210005 | +86 25 8550 ####
        无锡 | 江苏 | 214001 | +86 510 8250 ####
        宁波 | 浙江 | 315000 | +86 574 8750 ####
        杭州 | 浙江 | 310012 | +86 571 8750 ####
        深圳 | 广东 | 518057 | +86 755 8320 ####
        广州 | 广东 | 510623 | +86 20 8550 ####
        东莞 | 广东 | 523808 | +86 769 2250 ####
        厦门 | 福建 | 361008 | +86 592 2250 ####
        青岛 | 山东 | 266071 | +86 532 8550 ####
        天津 | 天津 | 300457 | +86 22 2550 ####
        北京 | 北京 | 100029 | +86 10 6550 ####
        成都 | 四川 | 610041 | +86 28 8550 ####
        武汉 | 湖北 | 430074 | +86 27 8750 ####
        西安 | 陕西 | 710075 | +86 29 8850 ####
        大连 | 辽宁 | 116023 | +86 411 8450 ####
        重庆 | 重庆 | 400023 | +86 23 6750 ####
    """),
    words("人民路, 科技路, 滨海大道, 解放路, 工业园路, 世纪大道, 中山路, 创新街"),
    words("雨桐, 静怡, 丽华, 晓燕, 思敏, 婷婷, 雪梅, 佳慧, 文静, 海燕"),
    words("志远, 建国, 伟, 浩然, 明杰, 子轩, 国强, 俊, 宇航, 海涛"),
    words("陈, 王, 张, 李, 刘, 赵, 周, 吴, 徐, 孙, 欧阳, 单, 曾, 林, 黄, 何"),
    texts="zh",
)  # fmt: skip

ALL = (CHINA,)
