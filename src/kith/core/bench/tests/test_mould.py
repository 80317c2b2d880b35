"""Large data sets are copies of batches. That each is what the write path stores, `sales/tests/test_bench.py` shows."""

import uuid

import pytest

from kith.core.bench import build, mould, names, users
from kith.core.bench.press import Press
from kith.core.ids import uuid7

NUMBER = mould.PEOPLE + 7 * mould.MOST_COPIES
AT, LATER = b"2026-01-02T03:04:05.678901+00:00", b"2026-01-03T00:00:00+00:00"


def copies(text: bytes, known: mould.Known, number: int) -> bytes:
    made = mould.made([mould.Sent("some", '"id"', text)], known, AT)
    return next(iter(made.copies(known, number, LATER))).text


def test_what_differs_is_filled_in_and_all_else_stays() -> None:
    ours, stranger, known = uuid.UUID("019b0000-0000-7000-8000-00000000fe00"), uuid7(), mould.Known()
    phone = known.phone("NO", NUMBER)
    known.learn([mould.Sent("some", '"id", "name"', f"{ours.hex}\tAnna\n".encode())])
    text = f'{ours.hex}\t{{"a":"{ours}","b":"{stranger}"}}\tp{NUMBER}@firm7.example k~p{NUMBER}\t{phone}\t+4712345678\t{mould.search_words(phone).decode()} t~99\t12{NUMBER}\n'
    text += AT.decode() + "\n"
    other = names.phone("NO", NUMBER + 3)
    copied = copies(text.encode(), known, 3).decode()
    new = uuid.UUID(copied[:32])
    assert new != ours and new.hex[:24] == ours.hex[:24] and f'"a":"{new}","b":"{stranger}"' in copied
    assert f"p{NUMBER + 3}@firm7.example k~p{NUMBER + 3}\t{other}\t+4712345678\t" in copied
    assert copied.endswith(f"12{NUMBER}\n{LATER.decode()}\n")


def test_search_words_of_a_phone_are_those_of_the_other_number() -> None:
    known = mould.Known()
    phone = known.phone("RU", NUMBER)
    text = b"anna " + mould.search_words(phone) + b" end"
    assert copies(text, known, 5) == b"anna " + mould.search_words(names.phone("RU", NUMBER + 5)) + b" end"


@pytest.mark.django_db
def test_a_batch_that_is_too_small_for_copies_is_refused() -> None:
    with pytest.raises(RuntimeError, match="too small"):
        build.build(users.build("bench"), people=60, companies=60, changes=0, say=lambda line: None, press=Press(None, 3))  # fmt: skip
