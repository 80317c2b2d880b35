"""Ids sort as they were made, even when thousands are made in one millisecond."""

from kith.core.ids import uuid7


def test_ids_are_version_7_and_ascend() -> None:
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
