"""How the demo company has bent Kith to itself: own fields, rules, formulas, an object, agreements to be written to."""

from typing import Any

COMPANY, DEAL, INSTRUMENT = "parties.company", "sales.opportunity", "objects.instrument"


def look(hue: str, label: str, ru: str, zh: str) -> dict[str, str]:
    """How a choice looks and what it is called."""
    return {"hue": hue, "label": label, "ru": ru, "zh-hans": zh}


CONTRACTS = {
    "full": look("green", "Full service", "Полное обслуживание", "全面维保"),
    "parts": look("blue", "Parts only", "Только запчасти", "仅备件"),
    "none": look("grey", "No contract", "Без договора", "无合同"),
}
STATES = {
    "running": look("green", "In use", "В работе", "使用中"),
    "calibration": look("amber", "In calibration", "На поверке", "校准中"),
    "repair": look("rose", "In repair", "В ремонте", "维修中"),
    "retired": look("grey", "Out of use", "Выведен из работы", "已停用"),
}


def field(entity: str, name: str, kind: str, label: str, ru: str, zh: str, **more: Any) -> dict[str, Any]:
    """A field of one's own."""
    return {
        "entity": entity, "name": name, "kind": kind, "label": label, "translations": {"ru": ru, "zh-hans": zh},
        "options": [], "looks": {},
    } | more  # fmt: skip


#: The object of the demo: what customers have of us.
OBJECT: dict[str, Any] = {
    "key": "instrument", "slug": "instruments", "name": "instrument", "plural": "instruments",
    "translations": {"ru": "прибор", "zh-hans": "仪器"}, "plural_translations": {"ru": "приборы", "zh-hans": "仪器"},
    "icon": "gauge", "hue": "teal", "menu": "customers", "menu_order": 30,
    "day_name": "next calibration", "day_translations": {"ru": "следующая поверка", "zh-hans": "下次校准"},
    "links": [
        {"target": COMPANY},
        {"target": "parties.person", "label": "operator", "translations": {"ru": "оператор", "zh-hans": "操作员"}},
    ],
}  # fmt: skip
FIELDS = (
    field(COMPANY, "x_service_contract", "choice", "Service contract", "Договор на обслуживание", "维保合同", options=[*CONTRACTS], looks=CONTRACTS, is_indexed=True),
    field(COMPANY, "x_contract_until", "date", "Contract until", "Договор до", "合同到期日"),
    field(COMPANY, "x_visits", "number", "Visits a year", "Визитов в год", "每年上门次数", minimum="0", maximum="52"),
    field(INSTRUMENT, "x_state", "choice", "State", "Состояние", "状态", options=[*STATES], looks=STATES, initial="running"),
    field(INSTRUMENT, "x_serial", "text", "Serial number", "Серийный номер", "序列号", is_unique=True, is_searched=True, pattern="MI-[0-9]{5}"),
    field(INSTRUMENT, "x_since", "date", "In use since", "В работе с", "启用日期"),
)  # fmt: skip
#: Which field, effect, condition, words of the refusal.
RULES = (
    (
        "x_contract_until", "required", {"field": "x_service_contract", "op": "any", "value": ["full", "parts"]},
        "A contract has an end: say until when it runs.",
    ),
    ("x_contract_until", "shown", {"field": "x_service_contract", "op": "any", "value": ["full", "parts"]}, ""),
    ("x_visits", "shown", {"field": "x_service_contract", "op": "any", "value": ["full"]}, ""),
)  # fmt: skip
FORMULAS = (
    {
        "entity": DEAL, "name": "x_days_open", "label": "Days since it began", "label_ru": "Дней с начала", "label_zh": "已开始天数",
        "formula": "days_between(created_at, today())", "decimals": 0,
    },
)  # fmt: skip
ROLLUPS = (
    {
        "entity": COMPANY, "name": "x_instruments", "label": "Instruments", "label_ru": "Приборы", "label_zh": "仪器数量",
        "source": INSTRUMENT, "how": "count", "decimals": 0,
    },
    {
        "entity": COMPANY, "name": "x_budgets", "label": "Sum of budgets", "label_ru": "Сумма бюджетов", "label_zh": "预算合计",
        "source": DEAL, "link": "company", "how": "sum", "value": "budget", "in_base": True, "decimals": 0,
    },
)  # fmt: skip
MODELS = ("Flowline 200", "Flowline 400", "Thermora 12", "Pressent X", "Gasalyt 5")

#: By the language of the texts: source, text, version.
AGREEMENTS = {
    "en": ("Users' day, Hamburg", "I agree that Meridian Instruments writes to me about products and events. I may withdraw at any time.", "2026-03"),
    "ru": ("Выставка «Химия», Москва", "Я согласен получать от «Меридиан Инструментс» письма о продукции и мероприятиях. Согласие можно отозвать в любой момент.", "2026-03"),
    "zh": ("上海国际仪器展", "本人同意 Meridian Instruments 向我发送产品和活动信息，并可随时撤回同意。", "2026-03"),
}  # fmt: skip
