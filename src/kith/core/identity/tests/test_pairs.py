"""N7: recall at least 95 % and precision at least 98 % over the pairs in three languages."""

from kith.core.identity.keys import party_keys
from kith.core.identity.matchkeys import MatchKey, shared_reasons
from kith.core.identity.phones import normalise

from .pairs import Record, pairs

RECALL, PRECISION = 0.95, 0.98


def keys_of(kind: str, record: Record) -> frozenset[MatchKey]:
    fields = {"names": [record]} if isinstance(record, str) else dict(record)
    typed = [phone.split(" ", 1) for phone in fields.pop("phones", [])]
    phones = [normalise(number, country).stored for country, number in typed]
    return party_keys(kind, phones=phones, **fields)


def matched(kind: str, one: Record, other: Record) -> bool:
    return bool(shared_reasons(keys_of(kind, one), keys_of(kind, other)))


def test_the_set_is_large_and_balanced():
    verdicts = [same for *_, same in pairs()]
    assert len(verdicts) >= 500
    assert sum(verdicts) >= 250
    assert len(verdicts) - sum(verdicts) >= 200


def test_recall_of_the_match_keys():
    same = [pair for pair in pairs() if pair[3]]
    missed = [pair[1:3] for pair in same if not matched(*pair[:3])]
    assert 1 - len(missed) / len(same) >= RECALL, missed


def test_precision_of_the_match_keys():
    offered = [pair for pair in pairs() if matched(*pair[:3])]
    invented = [pair[1:3] for pair in offered if not pair[3]]
    assert 1 - len(invented) / len(offered) >= PRECISION, invented
    assert len(invented) <= 2, invented
