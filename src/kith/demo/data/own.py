"""The own company: departments, users with their groups, colleagues, dictionaries, territories."""

from .shape import rows

#: key, name, kind, key of the department above
UNITS = rows("""
    meridian | Meridian Instruments | company |
    management | Management | department | meridian
    sales | Sales | division | meridian
    nordics | Sales Nordics | department | sales
    dach | Sales DACH and West | department | sales
    russia | Отдел продаж, Москва | branch | sales
    china | 中国销售部 | branch | sales
    service | Service | department | meridian
    marketing | Marketing | department | meridian
    works | Works Hamburg | department | meridian
    administration | IT and administration | department | meridian
""")  # fmt: skip

#: key, name, e-mail, language, time zone, department, position, key of the manager, languages spoken
USERS = rows("""
    sofia | Sofia Lindqvist | sofia.lindqvist | en | Europe/Berlin | management | Managing director | | English, Swedish, German
    nadia | Nadia Brandt | nadia.brandt | en | Europe/Berlin | sales | Head of sales | sofia | English, German
    erik | Erik Solberg | erik.solberg | en | Europe/Oslo | nordics | Account manager Nordics | nadia | English, Norwegian
    jonas | Jonas Weber | jonas.weber | en | Europe/Berlin | dach | Account manager DACH | nadia | English, German
    marc | Marc Fournier | marc.fournier | en | Europe/Paris | dach | Account manager West | nadia | English, French
    anna | Анна Ковалёва | anna.kovaleva | ru | Europe/Moscow | russia | Руководитель отдела продаж | sofia | Russian, English
    igor | Игорь Белов | igor.belov | ru | Asia/Yekaterinburg | russia | Менеджер по продажам | anna | Russian
    lijing | 李静 | li.jing | zh-hans | Asia/Shanghai | china | 中国区销售经理 | sofia | Chinese, English
    wanglei | 王磊 | wang.lei | zh-hans | Asia/Shanghai | china | 客户经理 | lijing | Chinese
    grace | Grace Okafor | grace.okafor | en | Europe/London | service | Service coordinator | sofia | English
    priya | Priya Nair | priya.nair | en | Europe/London | marketing | Marketing manager | sofia | English
    thomas | Thomas Adler | thomas.adler | en | Europe/Berlin | administration | System administrator | sofia | English, German
""")  # fmt: skip

#: Colleagues without an account: name, department, position, key of the manager
COLLEAGUES = rows("""
    Henrik Sommer | works | Production manager | sofia
    Lena Fuchs | works | Calibration technician | henrik
    Piotr Nowak | works | Assembly technician | henrik
    Amélie Roth | works | Quality engineer | henrik
    Дарья Мельникова | russia | Сервисный инженер | anna
    赵敏 | china | 售后工程师 | lijing
    Carl Brodersen | service | Field service engineer | grace
""")  # fmt: skip

#: key, name, whether a team, members: users, or groups after "+"
GROUPS = rows("""
    nordics | Nordics | team | erik nadia
    dach | DACH and West | team | jonas marc nadia
    russia | Russia | team | anna igor
    china | China | team | lijing wanglei
    sales | Sales | | +nordics +dach +russia +china
    leads | Team leads | | nadia anna lijing
    management | Management | | sofia nadia
    service | Service | team | grace
    marketing | Marketing | team | priya
    administrators | Administrators | | thomas
    everybody | Everybody | | +sales +leads +management +service +marketing +administrators
""")  # fmt: skip

#: role, groups that have it
GRANTS = rows("""
    administrator | administrators
    manager | leads
    salesperson | sales
    read_only | management marketing
    service_agent | service
    personal_data | management leads
""")  # fmt: skip

#: key, name, key of the territory above, manager, areas
TERRITORIES = rows("""
    europe | Europe | | nadia |
    nordics | Nordics and Baltics | europe | erik | NO, SE, DK, FI, LT, LV, EE
    dach | DACH | europe | jonas | DE, AT, CH
    west | Western Europe | europe | marc | GB, IE, FR, BE, NL, LU, ES, PT
    russia | Россия | | anna | RU
    volga | Поволжье | russia | anna | RU/Самарская область, RU/Татарстан, RU/Нижегородская область
    urals | Урал и Сибирь | russia | igor | RU/Свердловская область, RU/Челябинская область, RU/Пермский край, RU/Новосибирская область, RU/Красноярский край
    china | 中国 | | lijing | CN
    east | 华东 | china | lijing | CN/上海, CN/江苏, CN/浙江
    south | 华南 | china | wanglei | CN/广东, CN/福建
""")  # fmt: skip

#: key, English, Russian, Chinese, colour
INDUSTRIES = rows("""
    paper | Pulp and paper | Целлюлоза и бумага | 造纸 | amber
    food | Food and drink | Пищевая промышленность | 食品饮料 | green
    energy | Energy | Энергетика | 能源 | blue
    marine | Marine | Судостроение | 船舶 | teal
    pharma | Pharma | Фармацевтика | 制药 | violet
    metals | Metals | Металлургия | 冶金 | orange
    chemicals | Chemicals | Химия | 化工 | rose
    optics | Optics and semiconductors | Оптика и полупроводники | 光学与半导体 | plum
    water | Water supply | Водоснабжение | 供水 | blue
    machinery | Machinery | Машиностроение | 机械制造 | grey
    research | Research and metrology | Наука и метрология | 科研与计量 | plum
""")  # fmt: skip
SOURCES = rows("""
    fair | Trade fair | Выставка | 展会 | amber
    referral | Referral | Рекомендация | 推荐 | green
    web | Website | Сайт | 网站 | blue
    call | Cold call | Холодный звонок | 电话开发 | grey
    partner | Partner | Партнёр | 合作伙伴 | violet
""")  # fmt: skip
TAGS = rows("""
    key | Key account | Ключевой клиент | 重点客户 | violet
    service | Service plan A | Сервис A | 服务计划A | teal
    reference | Reference | Референс | 参考客户 | green
    newsletter | Newsletter | Рассылка | 通讯 | blue
    risk | At risk | Риск ухода | 流失风险 | rose
    speaker | Speaker | Докладчик | 演讲嘉宾 | amber
""")  # fmt: skip
#: key, English, seen from the other side, whether family, Russian, Chinese
RELATIONS = rows("""
    spouse | Spouse | Spouse | yes | Супруги | 配偶
    parent | Parent of | Child of | yes | Родитель | 父母
    friend | Friend | Friend | | Друзья | 朋友
    referred | Referred by | Referred | | По рекомендации | 推荐人
    advisor | Advisor to | Advised by | | Советник | 顾问
    partner | Partner of | Partner of | | Партнёр | 合作伙伴
    former | Former colleague | Former colleague | | Бывшие коллеги | 前同事
""")  # fmt: skip
