"""Who gets new inquiries, what waits for takers, whom we call: rules, pools, visitors of the fair, target lists."""

from .shape import rows

#: key, name, language of the leads, group that may take, who manages, most a day, most held, comes back after days in one stage
POOLS = rows("""
    en | Free leads | en | nordics dach | nadia | 5 | 25 | 90
    ru | Свободные лиды | ru | russia | anna | 4 | 20 | 90
    zh | 线索公海 | zh | china | lijing | 6 | 20 | 90
""")  # fmt: skip

#: language and pool for the rest, name, method, members as user:weight:capacity a month, whether it is on
RULES = rows("""
    en | Trial: by weight | weighted | erik:3: jonas:2: marc:1: | no
    en | Inquiries from the web, Europe | round_robin | erik:1:90 jonas:1:60 marc:1:60 | yes
    ru | Заявки с сайта: Россия | weighted | igor:2: anna:1: | yes
    zh | 网站线索自动分配 | least_busy | wanglei:1: lijing:1: | yes
""")  # fmt: skip

#: person, mail, language, who got the card at the fair, what became of it: returned, idle, taken, passed; taken by, then by
VISITORS = rows("""
    Astrid Nygård | astrid.nygard@fossumtre.example | en | erik | returned | |
    Lukas Brandl | l.brandl@brandl-brau.example | en | jonas | idle | |
    Isabelle Roche | i.roche@rochepapiers.example | en | marc | taken | jonas |
    Gareth Pryce | gareth.pryce@severnboard.example | en | erik | passed | marc | jonas
    Maija Koskinen | maija.koskinen@kymivoima.example | en | erik | idle | |
    Дмитрий Орлов | orlov@kamabumaga.example | ru | igor | returned | |
    Светлана Юрьева | yurieva@severpak.example | ru | igor | taken | anna |
    Павел Громов | gromov@tulaplast.example | ru | anna | idle | |
    黄丽娟 | huang.lijuan@dongguan-film.example | zh | wanglei | returned | |
    吴建平 | wujp@hefei-glass.example | zh | lijing | taken | wanglei |
    郑晓梅 | zheng.xm@wuhan-foods.example | zh | wanglei | idle | |
""")  # fmt: skip

FAIR = {
    "en": ("Fair: wants to see the gauge at work", "Fair: asks for references in the branch", "Fair: old device makes trouble"),
    "ru": ("Выставка: хочет увидеть прибор в работе", "Выставка: просит референсы по отрасли", "Выставка: старый прибор сбоит"),
    "zh": ("展会：想看现场演示", "展会：要同行业案例", "展会：旧设备经常故障"),
}  # fmt: skip
RETURNED = {
    "en": "No budget before next year",
    "ru": "Бюджет только в следующем году",
    "zh": "预算要到明年才有",
}
IDLE = {"en": "No activity for 21 days.", "ru": "Нет активности 21 день.", "zh": "21天没有跟进。"}
FILE = {"en": "Visitors Hannover.xlsx", "ru": "Посетители выставки.xlsx", "zh": "展会访客.xlsx"}

#: language, name of the target list, who keeps it, name of the call list, who calls, how shared out, what to say
CALLS = rows("""
    en | New moisture gauge: whom to call | nadia | TX-450 calls | erik jonas marc | least_busy | Ask who answers for moisture on the line. Offer two weeks with a trial unit, free of charge.
    ru | Поверка приборов: кого обзвонить | anna | Обзвон: поверка | igor anna | least_busy | Спросите, когда истекает поверка. Предложите выездную калибровку без остановки линии.
    zh | 老客户回访名单 | lijing | 年度回访 | wanglei lijing | round_robin | 询问设备运行情况和下次校准时间，介绍服务计划A。
""")  # fmt: skip
QUIET = {"name": "Not to be called", "why": ("Asked by letter not to be called", "Lawyer's letter, see the note")}
#: outcome of a call, with what was noted
NOTES = {
    "en": {"reached": "Will look at the offer with the shift leader.", "callback": "In a meeting; wants to hear from us later.", "refused": "Has just bought elsewhere.", "no_answer": ""},
    "ru": {"reached": "Посмотрят предложение с начальником смены.", "callback": "На совещании, просит перезвонить.", "refused": "Недавно купили у других.", "no_answer": ""},
    "zh": {"reached": "会和车间主任一起看报价。", "callback": "正在开会，请稍后再打。", "refused": "刚买了别家的设备。", "no_answer": ""},
}  # fmt: skip
