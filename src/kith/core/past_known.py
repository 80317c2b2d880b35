"""What was written to the ledger since a moment, remembered by the process: the same for every reader, and it only grows.

Asking for it anew cost a page of the past 20 ms where 34,000 entries had been written since. So a question and its answer are kept
together with the number of the oldest transaction that was running when it was asked: every entry of an earlier one was seen then, or
will never be (decisions/013). The next look asks for entries of that transaction and of later ones alone.

What is remembered may be too much (of a transaction that was taken back, of entries that were emptied since, or more than an older
snapshot shows), never too little. Whoever uses it takes these records for those that may have been changed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

#: So many answers are kept, of all kinds and days together; the oldest go first.
MOST = 128
#: A moment nearer than this is asked for once, and not again: "today" is another moment with each request.
NEAR = dt.timedelta(minutes=1)
#: The oldest running transaction as entries are numbered. What a replica knows of running transactions has no list, but a least one.
SETTLED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint + kith_newest() - pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True, slots=True)
class Question:
    """Ids from the ledger: a query of one column with a place for `c.xact >= …`; more than `most` of them are nobody's to know."""

    name: tuple[Any, ...]
    sql: str
    values: Sequence[Any]
    most: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found so far, None for too many; `settled` says from which transaction on it has to be asked again."""

    found: frozenset[Any] | None = frozenset()
    settled: int = 0


_answers: dict[tuple[Any, ...], Answer] = {}


def ask(moment: dt.datetime, questions: Sequence[Question]) -> list[frozenset[Any] | None]:
    """The answers to questions about what was written since a moment, in one query, which reads what came since they were last asked."""
    kept = [_answers.get(key_of(moment, question), Answer()) for question in questions]
    settled, *new = read(questions, kept)
    if any(answer.settled > settled for answer in kept):  # another server, or an older state of it
        kept = [Answer() for _question in questions]
        settled, *new = read(questions, kept)
    made = [grown(*one, settled) for one in zip(questions, kept, new, strict=True)]
    if moment < timezone.now() - NEAR:
        for question, answer in zip(questions, made, strict=True):
            keep(key_of(moment, question), answer)
    return [answer.found for answer in made]


def key_of(moment: dt.datetime, question: Question) -> tuple[Any, ...]:
    """Under what an answer is kept: moments differ by the zone of their readers, databases in tests."""
    return (connection.settings_dict["NAME"], moment, question.most, *question.name)


def read(questions: Sequence[Question], kept: Sequence[Answer]) -> list[Any]:
    """The oldest running transaction, and for each question what came since; of too many nothing more is asked."""
    parts, values = [SETTLED], list[Any]()
    for question, answer in zip(questions, kept, strict=True):
        if answer.found is None:
            parts.append("NULL")
            continue
        parts.append(f"ARRAY({question.sql} LIMIT %s)")
        values += [*question.values, answer.settled, question.most + 1]
    asked = f"SELECT {', '.join(parts)}"
    with connection.cursor() as cursor:
        cursor.execute(asked, values)
        return list(cursor.fetchone())


def grown(question: Question, answer: Answer, new: Sequence[Any] | None, settled: int) -> Answer:
    """An answer with what came since."""
    found = None if answer.found is None or new is None else answer.found | frozenset(new)
    return Answer(found if found is not None and len(found) <= question.most else None, settled)


def keep(key: tuple[Any, ...], answer: Answer) -> None:
    """Remember an answer. Two threads may do so at once: each of theirs is whole, and what it lacks is asked for again."""
    while len(_answers) >= MOST and key not in _answers:
        _answers.pop(next(iter(_answers)), None)
    _answers[key] = answer


def forget() -> None:
    """Ask for everything anew."""
    _answers.clear()
