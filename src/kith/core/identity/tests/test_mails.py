"""R18, R19, R25 and R26: e-mail addresses."""

import pytest

from kith.core.identity.mails import Mail, is_public, mail_key, normal_form, parse_mail, split_addresses
from kith.core.identity.problems import Problem

PUBLIC = {"mailbox.example"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('"K" <Kim@mailbox.example>', "kim@mailbox.example"), ("KIM @ Mailbox.Example ", "kim@mailbox.example"),
        ("a@XN--E1AFMKFD.xn--p1ai", "a@пример.рф"), ("a@ПРИМЕР.рф", "a@пример.рф"), ("Kim＠例子。中国", "kim@例子.中国"),
        ('"boss@arbor.example" <eva@arbor.example>', "eva@arbor.example"), ("<eva@arbor.example>", "eva@arbor.example"),
        ("o'brien+crm@arbor.example", "o'brien+crm@arbor.example"),
    ],
)  # fmt: skip
def test_r18_normal_form(text, address):
    assert normal_form(text) == address
    assert normal_form(address) == address


@pytest.mark.parametrize(
    "text", ["", "eva", "@arbor.example", "eva@", "a@b@c.example", "<>", "Eva <eva>", "a@b..c", "a@b.c,d@e.f"]
)
def test_r18_what_is_no_address_is_refused(text):
    with pytest.raises(Problem) as problem:
        normal_form(text)
    assert (problem.value.key, problem.value.params) == ("bad_email", {"value": text})


def test_r18_the_display_name_is_kept_for_showing():
    assert parse_mail('"Lind, Eva" <Eva@arbor.example>') == Mail("eva@arbor.example", "Lind, Eva")


def test_r19_several_addresses():
    text = '"boss@arbor.example" <eva@arbor.example>; li@b.example / kim@c.example'
    assert [mail.address for mail in split_addresses(text)] == ["eva@arbor.example", "li@b.example", "kim@c.example"]


@pytest.mark.parametrize("separator", [",", ";", "/", " ", "\n", "\r\n", " , "])
def test_r19_every_separator(separator):
    assert [mail.address for mail in split_addresses(f"a@x.example{separator}b@x.example")] == [
        "a@x.example",
        "b@x.example",
    ]


def test_r19_quotes_protect_separators_and_repeats_come_once():
    text = '"Lind, Eva" <eva@x.example> <b@x.example>, EVA@x.example\nnobody'
    assert split_addresses(text) == (Mail("eva@x.example", "Lind, Eva"), Mail("b@x.example"))
    with pytest.raises(Problem):
        split_addresses(text, strict=True)


def test_r25_another_display_name_or_case_is_no_change():
    assert normal_form('"Kim" <kim@x.example>') == normal_form("K <KIM@X.example>")


def test_r26_match_key():
    def key(text: str) -> str:
        return mail_key(normal_form(text), PUBLIC)

    assert key("kim@arbor.example") == key("li@ARBOR.example") == "arbor.example"
    assert key("kim@arbor.example") != key("kim@eu.arbor.example")
    assert key("kim@mailbox.example") == key('"K" <Kim@mailbox.example>') == "kim@mailbox.example"
    assert key("kim@mailbox.example") != key("li@mailbox.example")


def test_r26_the_shipped_list_knows_the_free_providers():
    for domain in (
        "gmail.com",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "126.com",
        "outlook.com",
        "gmx.de",
        "icloud.com",
    ):
        assert is_public(domain)
    assert not is_public("arbor.example")
