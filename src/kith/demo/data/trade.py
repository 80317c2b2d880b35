"""What the own company sells, to whom it loses, how its deals are called."""

from .shape import rows

#: key, English, Russian, Chinese, key of the category above
CATEGORIES = rows("""
    gauges | Measuring instruments | Измерительные приборы | 测量仪器 |
    moisture | Moisture | Влажность | 水分仪 | gauges
    thickness | Thickness | Толщина | 测厚仪 | gauges
    flow | Flow and level | Расход и уровень | 流量与液位 | gauges
    services | Services | Услуги | 服务 |
""")  # fmt: skip

#: key, code, name, category, kind, unit, price in EUR
PRODUCTS = rows("""
    tx400 | TX-400 | TX-400 moisture gauge | moisture | goods | pcs | 8400
    tx450 | TX-450 | TX-450 moisture gauge, hazardous areas | moisture | goods | pcs | 11900
    lx20 | LX-20 | LX-20 laser thickness scanner | thickness | goods | pcs | 23500
    lx40 | LX-40 | LX-40 thickness frame, 4 m | thickness | goods | pcs | 61000
    fm7 | FM-7 | FM-7 magnetic flow meter | flow | goods | pcs | 3900
    rl2 | RL-2 | RL-2 radar level probe | flow | goods | pcs | 2700
    calib | SV-CAL | On-site calibration | services | service | visit | 1450
    plan | SV-A | Service plan A, one year | services | service | year | 4800
    commission | SV-COM | Commissioning and training | services | service | day | 1650
""")  # fmt: skip

#: name, strengths, weaknesses, opportunities for us, threats for us, our strategy
COMPETITORS = rows("""
    Valtek Sensors | Low prices, short delivery times | No service outside Germany, calibration by post | Customers with old Valtek sets come due for replacement in 2027 | Undercuts us in tenders by 5 to 8 % | Offer the service plan with the first device; compare cost over five years
    Brightline Controls | Large installed base, known to every planner | Old software, no data interface | Their gauge line was sold; support ends | Planners write their names into tenders | Talk to the maintenance people, show the interface live
    北辰仪表 | 本地备件，价格灵活 | 精度低，校准证书不被海外认可 | 出口企业需要国际证书 | 国产化招标 | 强调国际校准证书与寿命成本
    ПромДатчик | Склад в Москве, рублёвые цены | Нет взрывозащиты | Проекты во взрывоопасных зонах | Импортозамещение в тендерах | Продавать сервис и взрывозащищённые исполнения
""")  # fmt: skip

#: competitor, product, against our product, price, pros, cons, our answer
RIVALS = rows("""
    Valtek Sensors | Valtek M3 | tx400 | 7700 | Cheap, small | Drifts after a year | Ask for the drift after twelve months; ours is guaranteed
    Valtek Sensors | Valtek L1 | lx20 | 20900 | Light frame | No compensation of temperature | Show both at 60 °C
    Brightline Controls | BC Gauge 9 | lx20 | 26800 | Known everywhere | Support ends in 2027 | Name the end of support and our ten years of spare parts
    北辰仪表 | BC-300 | tx400 | 5200 | 价格低，备件在国内 | 精度 ±0.5 % | 用现场对比数据说话
    ПромДатчик | ПД-М2 | tx400 | 6100 | Есть на складе | Нет взрывозащиты | Показать исполнение TX-450
""")  # fmt: skip

#: result, English, Russian, Chinese, whether it asks for a text
DEALS = {
    "en": (
        "Moisture gauges for line {n}",
        "Thickness frame, replacement",
        "Flow meters for the boiler house",
        "Service plan and calibration",
        "Retrofit of the coating line",
        "Level probes, tank farm",
    ),
    "ru": (
        "Влагомеры для линии {n}",
        "Замена толщиномера",
        "Расходомеры для котельной",
        "Сервис и поверка на год",
        "Модернизация линии нанесения",
        "Уровнемеры резервуарного парка",
    ),
    "zh": ("{n}号线水分仪", "测厚架更换", "锅炉房流量计", "年度校准与服务", "涂布线改造", "罐区液位计"),
}
NEEDS = {
    "en": (
        "Waste at start-up of the line is above 3 %; they want to see moisture every second.",
        "The old frame is eleven years old and spare parts are gone.",
        "Auditors ask for traceable calibration from January on.",
    ),
    "ru": (
        "Брак при запуске линии выше 3 %; нужны показания влажности каждую секунду.",
        "Старой раме одиннадцать лет, запчастей больше нет.",
        "С января аудиторы требуют прослеживаемую калибровку.",
    ),
    "zh": (
        "开机废品率超过3%，需要每秒显示水分。",
        "旧测厚架已用十一年，备件停产。",
        "审核方要求从一月起提供可溯源校准证书。",
    ),
}
STEPS = {
    "en": (
        "Send the revised offer",
        "Show the trial unit on site",
        "Meet purchasing about terms",
        "Ask for the drawings",
        "Agree on the date of installation",
    ),
    "ru": (
        "Отправить новое предложение",
        "Показать пробный прибор на месте",
        "Обсудить условия с закупками",
        "Запросить чертежи",
        "Согласовать дату монтажа",
    ),
    "zh": ("发送修订报价", "现场演示样机", "与采购谈条款", "索取图纸", "确定安装日期"),
}
INQUIRIES = {
    "en": (
        "We run two paper machines and look for moisture gauges. Please call back.",
        "Do you have a level probe for hot oil? Offer welcome.",
        "Interested in a service plan for devices of another maker.",
        "Met you at the fair, please send the LX-20 data sheet.",
    ),
    "ru": (
        "Нужны влагомеры на две бумагоделательные машины. Перезвоните, пожалуйста.",
        "Есть ли уровнемер для горячего масла? Ждём предложение.",
        "Интересует сервис приборов другого производителя.",
        "Виделись на выставке, пришлите описание LX-20.",
    ),
    "zh": (
        "我厂有两台纸机，想了解水分仪，请回电。",
        "有没有用于热油的液位计？请报价。",
        "想咨询其他品牌设备的服务计划。",
        "展会上见过，请发LX-20资料。",
    ),
}
#: person, mail, company or none, language; of people who wrote through the form of the web site
STRANGERS = rows("""
    Ingrid Dahl | ingrid.dahl@vestfoldpapir.example | en
    Peter Vogel | p.vogel@vogel-folien.example | en
    Claire Marchand | claire@marchand-laques.example | en
    Oluwaseun Adeyemi | seun@lekkicement.example | en
    Hannah Krüger | hannah.krueger@kruegerglas.example | en
    Виктор Лаптев | laptev@uralkarton.example | ru
    Ольга Синицына | o.sinicyna@volgapak.example | ru
    Тимур Гареев | gareev@kazanplast.example | ru
    陈晓东 | chen.xiaodong@huanan-paper.example | zh
    刘芳 | liufang@suzhou-coating.example | zh
    周建国 | zhoujg@ningbo-tank.example | zh
    Emil Hansen | emil@hansen-foder.example | en
""")  # fmt: skip
#: currency, worth in EUR
RATES = rows("""
    USD | 0.92
    GBP | 1.17
    SEK | 0.088
    NOK | 0.086
    CHF | 1.05
    RUB | 0.0101
    CNY | 0.128
""")  # fmt: skip
