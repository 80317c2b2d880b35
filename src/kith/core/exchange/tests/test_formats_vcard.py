"""Address cards as real phones and mail programs write them."""

from base64 import b64encode
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.core.exchange.formats.cards import Address, BrokenCard, Card, CardDate, Contact, Photo
from kith.core.exchange.formats.encoding import detect_encoding
from kith.core.exchange.formats.vcard_in import read_cards
from kith.core.exchange.formats.vcard_out import vcard_chunks
from kith.core.exchange.tests.formats_help import rows, trusted


def read(content):
    content = content if isinstance(content, bytes) else content.encode()
    source = lambda: BytesIO(content)  # noqa: E731
    return list(read_cards(source, detect_encoding(source)))


def card(*lines, version="3.0", encoding="utf-8"):
    text = "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])
    (found,) = read(text.encode(encoding))
    return found


def test_an_android_phone_of_version_2_1():
    found = card(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2=D0=B0=D0=BD=D0=BE=D0=B2;=D0=98=D0=B2=",
        "=D0=B0=D0=BD;;;",
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2=D0=B0=D0=BD =D0=98=D0=B2=D0=B0=D0=BD=D0=BE=D0=B2",
        "TEL;CELL;PREF:+7 916 123-45-67",
        "TEL;X-=D0=94=D0=B0=D1=87=D0=B0:8 495 1",
        "TEL;WORK;FAX:8 495 2",
        "ADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;=D0=9C=D0=B8=D1=80=D0=B0 1=0D=0A=D0=BA=D0=B2. 2;;;101000;",
        "PHOTO;ENCODING=BASE64;JPEG:" + b64encode(b"picture" * 12).decode()[:60],
        " " + b64encode(b"picture" * 12).decode()[60:],
        "",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Vanya;1;;;;;;;;;;;;;",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event;1985-04-12;3;;;;;;;;;;;;;",
        version="2.1",
    )
    assert (found.family_name, found.given_name, found.full_name, found.nickname) == (
        "Иванов",
        "Иван",
        "Иван Иванов",
        "Vanya",
    )
    assert found.phones == [
        Contact("+7 916 123-45-67", ("cell",), "", True),
        Contact("8 495 1", (), "Дача"),
        Contact("8 495 2", ("work", "fax")),
    ]
    assert found.addresses == [Address(street="Мира 1\nкв. 2", postcode="101000", kinds=("home",))]
    assert found.photo == Photo(b"picture" * 12, "image/jpeg")
    assert found.birthday == CardDate(4, 12, 1985)


def test_an_iphone():
    found = card(
        "PRODID:-//Apple Inc.//iPhone OS 17.0//EN",
        "N:Doe;Jane;Ann\\, Beth;Dr.;Jr.",
        "FN:Dr. Jane Doe",
        "ORG:Arbor\\; Ltd;Sales",
        "item1.TEL;type=pref:+1 555 0100",
        "item1.X-ABLabel:Hotline",
        "TEL;type=CELL;type=VOICE;type=pref:+1 555 0101",
        "item2.EMAIL;type=INTERNET:jane@example.com",
        "item2.X-ABLabel:_$!<Other>!$_",
        "item3.URL;type=pref:http\\://www.example.com",
        "item3.X-ABLabel:_$!<HomePage>!$_",
        "item4.X-ABDATE;type=pref:2010-06-05",
        "item4.X-ABLabel:_$!<Anniversary>!$_",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29",
        "NOTE:line one\\nline two of a text that is longer than a line may be and is fol",
        " ded",
        "IMPP;X-SERVICE-TYPE=Skype;type=HOME:skype:jane.doe",
        "X-SOCIALPROFILE;type=twitter;x-user=jane:http://twitter.com/jane",
        "X-PHONETIC-LAST-NAME:Doh",
    )
    assert (found.additional_names, found.prefix, found.suffix) == ("Ann, Beth", "Dr.", "Jr.")
    assert (found.company, found.department, found.phonetic_family_name) == ("Arbor; Ltd", "Sales", "Doh")
    assert found.phones == [Contact("+1 555 0100", (), "Hotline", True), Contact("+1 555 0101", ("cell",), "", True)]
    assert found.emails == [Contact("jane@example.com", ("other",))]
    assert [url.value for url in found.urls] == ["http://www.example.com", "http://twitter.com/jane"]
    assert found.messengers == [Contact("jane.doe", ("skype", "home"))]
    assert (found.birthday, found.anniversary) == (CardDate(2, 29), CardDate(6, 5, 2010))
    assert found.notes == "line one\nline two of a text that is longer than a line may be and is folded"


def test_outlook_writes_2_1_in_the_windows_code_page():
    found = card(
        "N;LANGUAGE=ru:Петров;Пётр",
        "ORG:ООО «Ромашка»",
        "TITLE;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1251:=C4=E8=F0=E5=EA=F2=EE=F0",
        "TEL;WORK;VOICE:(495) 1",
        "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
        version="2.1",
        encoding="cp1251",
    )
    assert (found.family_name, found.given_name, found.company, found.title) == (
        "Петров",
        "Пётр",
        "ООО «Ромашка»",
        "Директор",
    )


def test_chinese_mail_programs():
    plain = card("N:张;伟;;;", "FN:张伟", "ORG:北京华为技术有限公司", "X-QQ:10001", encoding="gb18030")
    assert (plain.full_name, plain.company, plain.messengers) == (
        "张伟",
        "北京华为技术有限公司",
        [Contact("10001", ("qq",))],
    )
    quoted = card("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=D5=C5=CE=B0", "N:;;;;", version="2.1")
    assert quoted.full_name == "张伟"
    assert card("N:张;伟;;;").full_name == "张伟"


def test_google_thunderbird_and_yandex():
    google = card(
        "FN:Ann",
        "N:;Ann;;;",
        "item1.EMAIL;TYPE=INTERNET:a@x.example",
        "item1.X-ABLabel:Büro",
        "CATEGORIES:myContacts,friends",
    )
    assert (google.emails, google.categories) == ([Contact("a@x.example", (), "Büro")], ["myContacts", "friends"])
    thunderbird = card(
        "EMAIL;PREF=1:b@x.example",
        "FN:Bob",
        'TEL;TYPE="cell,text";VALUE=TEXT:1',
        "BDAY;VALUE=DATE:--0412",
        version="4.0",
    )
    assert (thunderbird.emails[0].is_preferred, thunderbird.phones[0].kinds) == (True, ("cell", "text"))
    assert (thunderbird.birthday, thunderbird.birthday.as_date()) == (CardDate(4, 12), None)
    yandex = card(
        "FN:Вася", "N:;Вася;;;", "TEL;TYPE=WORK,VOICE;VALUE=uri:tel:+7-495-1;ext=12", "UID:YAAB-1", version="4.0"
    )
    assert (yandex.phones, yandex.uid) == ([Contact("+7-495-1 ext. 12", ("work",))], "YAAB-1")


def test_organisations():
    found = card("KIND:org", "FN:Arbor Ltd", version="4.0")
    assert (found.kind, found.company) == ("organization", "Arbor Ltd")
    assert card("X-ABShowAs:COMPANY", "ORG:Arbor", "N:;;;;", "FN:Arbor").kind == "organization"


def test_lines_that_programs_forgot_to_fold():
    found = card("FN:Ann", "PHOTO;ENCODING=b;TYPE=PNG:" + "QUJD" * 10, "QUJD" * 10, "NOTE:first", "second line")
    assert found.photo == Photo(b"ABC" * 20, "image/png")
    assert found.notes == "first\nsecond line"


def test_a_picture_that_is_broken_leaves_the_person():
    found = card("FN:Ann", "PHOTO;ENCODING=b:###", "X-UNKNOWN:1")
    assert (found.full_name, found.photo) == ("Ann", None)


def test_broken_cards_are_reported_by_number_and_the_others_go_on():
    content = (
        "BEGIN:VCARD\nFN:One\nEND:VCARD\nrubbish\n"
        "BEGIN:VCARD\nFN:Unclosed\nBEGIN:VCARD\nFN:Three\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"
        "BEGIN:VCARD\nKIND:group\nFN:Friends\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Six\nBDAY:in spring\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Seven"
    )
    found = rows(content.encode())
    assert [(row.number, [problem.key for problem in row.problems]) for row in found] == [
        (1, []), (2, ["card_unclosed"]), (3, []), (4, ["card_empty"]), (5, ["card_group"]), (6, ["card_date"]), (7, ["card_unclosed"]),
    ]  # fmt: skip
    assert [row.cells[1] for row in found] == ["One", None, "Three", None, None, "Six", None]


def test_a_card_inside_a_card_is_not_mixed_with_it():
    found = card("FN:Boss", "AGENT:", "BEGIN:VCARD", "FN:Agent", "TEL:1", "END:VCARD", "TEL:2", version="2.1")
    assert (found.full_name, [phone.value for phone in found.phones]) == ("Boss", ["2"])


def test_cards_become_a_table_as_wide_as_the_fullest():
    content = (
        b"BEGIN:VCARD\nFN:Ann\nN:Lee;Ann\nTEL;TYPE=cell:1\nTEL;TYPE=work:2\nBDAY:1985-04-12\nEND:VCARD\n"
        b"BEGIN:VCARD\nFN:Tom\nN:Orr;Tom\nEMAIL:t@x.example\nADR;TYPE=work:;;Main 1;Bath;;BA1;UK\nEND:VCARD\n"
    )
    table = trusted(content)
    assert table.columns == (
        "kind", "full_name", "family_name", "given_name", "company", "title", "phone", "phone label", "phone 2", "phone 2 label",
        "email", "street", "city", "postcode", "country", "address label", "birthday", "notes",
    )  # fmt: skip
    first, second = ({name: cell for name, cell in zip(table.columns, row.cells, strict=True) if cell} for row in table)
    assert first == {
        "kind": "person", "full_name": "Ann", "family_name": "Lee", "given_name": "Ann", "phone": "1", "phone label": "cell",
        "phone 2": "2", "phone 2 label": "work", "birthday": "1985-04-12",
    }  # fmt: skip
    assert second["email"] == "t@x.example"
    assert table.signature == trusted(b"BEGIN:VCARD\nFN:x\nEND:VCARD\n").signature


def test_utf_16_and_old_mac_line_ends():
    text = "BEGIN:VCARD\rVERSION:3.0\rFN:Аня\rEND:VCARD\r"
    assert [found.full_name for found in read(text.encode("utf-16"))] == ["Аня"]
    assert rows(text.encode("utf-16"))[0].cells[1] == "Аня"


KINDS = st.lists(st.sampled_from(["work", "home", "cell", "fax", "main"]), unique=True, max_size=2).map(tuple)
WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30).map(str.strip)
LINES = st.lists(WORDS, max_size=3).map("\n".join).map(str.strip)
FILLED = WORDS.filter(bool)
CONTACTS = st.lists(
    st.builds(
        Contact,
        FILLED.filter(lambda text: not text.lower().startswith(("tel:", "mailto:"))),
        KINDS,
        WORDS,
        st.booleans(),
    ),
    max_size=3,
)
HANDLES = st.lists(
    st.builds(Contact, FILLED, st.sampled_from([(), ("skype",), ("xmpp", "work")]), WORDS, st.booleans()), max_size=2
)
ADDRESSES = st.lists(st.builds(Address, LINES.filter(bool), *[WORDS] * 6, KINDS, WORDS, st.booleans()), max_size=2)
DAYS = (
    st.dates(date(1000, 1, 1))
    .filter(lambda day: day.year != 1604)
    .map(lambda day: CardDate(day.month, day.day, day.year))
)
DAYS |= st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: CardDate(day.month, day.day))
CARDS = st.builds(
    Card, kind=st.sampled_from(["person", "organization"]), full_name=FILLED, family_name=WORDS, given_name=WORDS, additional_names=WORDS,
    prefix=WORDS, suffix=WORDS, nickname=WORDS, phonetic_family_name=WORDS, phonetic_given_name=WORDS, company=FILLED, department=WORDS,
    title=WORDS, role=WORDS, phones=CONTACTS, emails=CONTACTS, urls=CONTACTS, messengers=HANDLES, addresses=ADDRESSES,
    birthday=st.none() | DAYS, anniversary=st.none() | DAYS, notes=LINES, categories=st.lists(FILLED, unique=True, max_size=3), uid=WORDS,
    revised_at=st.just(""), photo=st.none() | st.builds(Photo, st.binary(min_size=1, max_size=200), st.sampled_from(["image/jpeg", "image/png"])),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(CARDS, min_size=1, max_size=3), st.sampled_from(["3.0", "4.0"]))
def test_cards_read_back_as_written(cards, version):
    content = b"".join(vcard_chunks(cards, version))
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert read(content) == cards


@given(st.binary(max_size=400))
def test_any_bytes_in_a_card_give_a_card_or_a_report(content):
    for found in read(b"BEGIN:VCARD\nFN:x\n" + content + b"\nEND:VCARD\n"):
        assert isinstance(found, Card | BrokenCard)


@pytest.mark.parametrize("text", ["2024-13-01", "2023-02-29", "0000-01-01", "--0230", "---12", "1985", "yesterday"])
def test_days_that_are_none_are_kept_as_text(text):
    found = card("FN:Ann", f"BDAY:{text}")
    assert (found.birthday, found.unclear) == (None, {"birthday": text})
