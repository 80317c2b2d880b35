"""Company names: legal forms of many countries, and R10's exactly equal normalised name."""

import pytest

from kith.core.identity.company import CompanyName, company_key, company_sounds, split_legal_form


@pytest.mark.parametrize(
    ("name", "core", "form"),
    [
        ("ООО «Ромашка»", "Ромашка", "ООО"), ("Ромашка, ООО", "Ромашка", "ООО"), ("ОАО Газпром", "Газпром", "ОАО"),
        ("ЗАО Технострой", "Технострой", "ЗАО"), ("ПАО Сбербанк", "Сбербанк", "ПАО"), ("АО «Щит»", "Щит", "АО"),
        ("ИП Иванов Иван", "Иванов Иван", "ИП"), ("Arbor GmbH", "Arbor", "GmbH"), ("Arbor AG", "Arbor", "AG"),
        ("Arbor GmbH & Co. KG", "Arbor", "GmbH & Co. KG"), ("Acme, Inc.", "Acme", "Inc."), ("Acme Co., Ltd.", "Acme", "Co. Ltd."),
        ("Acme Corp", "Acme", "Corp"), ("Acme PLC", "Acme", "PLC"), ("Acme LLC", "Acme", "LLC"), ("Foo S.A.", "Foo", "S.A."),
        ("Foo SAS", "Foo", "SAS"), ("Foo SARL", "Foo", "SARL"), ("Foo S.p.A.", "Foo", "S.p.A."), ("Foo Srl", "Foo", "Srl"),
        ("Foo B.V.", "Foo", "B.V."), ("Foo NV", "Foo", "NV"), ("Foo AB", "Foo", "AB"), ("Foo AS", "Foo", "AS"),
        ("Foo A/S", "Foo", "A/S"), ("Foo Oy", "Foo", "Oy"), ("Foo Oyj", "Foo", "Oyj"), ("Foo sp. z o.o.", "Foo", "sp. z o.o."),
        ("Foo s. r. o.", "Foo", "s. r. o."), ("Foo Kft.", "Foo", "Kft."), ("Foo S.A. de C.V.", "Foo", "S.A. de C.V."),
        ("华为技术有限公司", "华为技术", "有限公司"), ("華為技術有限責任公司", "華為技術", "有限責任公司"),
        ("中信集团股份有限公司", "中信", "集团 股份有限公司"), ("海尔集团", "海尔", "集团"), ("株式会社トヨタ", "トヨタ", "株式会社"),
        ("トヨタ(株)", "トヨタ", "株"), ("AS Roma", "AS Roma", ""), ("AG", "AG", ""), ("ООО", "ООО", ""), ("公司", "公司", ""),
        ("«А» и «Б»", "«А» и «Б»", ""), ("Volvo AB (publ)", "Volvo", "AB publ"), ("", "", ""),
    ],
)  # fmt: skip
def test_the_legal_form_is_set_aside(name, core, form):
    assert split_legal_form(name) == CompanyName(core, form)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО «Ромашка»", "ромашка"), ("ООО «Ромашка»", '"РОМАШКА" АО'), ("Arbor  Tech GmbH", "ArborTech Ltd"),
        ("Queen’s", "QUEEN'S Ltd"), ("ＶＯＬＶＯ AB", "Volvo"),
    ],
)  # fmt: skip
def test_case_spaces_quotes_and_legal_form_are_ignored(one, other):
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ромашка", "Romashka"),
        ("Ромашка", "Ромашки"),
        ("Arbor", "Arbor Tech"),
        ("Löwe", "Lowe"),
        ("A-B", "AB"),
        ("AG", "KG"),
    ],
)
def test_a_similar_name_is_never_the_same(one, other):
    assert company_key(one) != company_key(other)


def test_a_name_sounds_the_same_in_another_script():
    assert set(company_sounds("ООО «Ромашка»")) & set(company_sounds("Romashka LLC"))
    assert set(company_sounds("华为有限公司")) & set(company_sounds("Huawei Co., Ltd."))
    assert company_sounds("BP plc") == ()
