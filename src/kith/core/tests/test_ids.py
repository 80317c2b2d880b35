"""Ids sort as they were made, even when thousands are made in one millisecond."""

import subprocess
import sys

from kith.core.ids import uuid7

FORKED = """
import os
from kith.core.ids import uuid7
uuid7()
read, write = os.pipe()
child = os.fork()
if child == 0:
    os.write(write, bytes([uuid7().int & 0xFF for _id in range(64)]))
    os._exit(0)
os.waitpid(child, 0)
print(os.read(read, 64) == bytes([uuid7().int & 0xFF for _id in range(64)]))
"""


def test_ids_are_version_7_and_ascend() -> None:
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}


def test_a_forked_process_has_random_bits_of_its_own() -> None:
    """Both would go on with the bits that were drawn before the fork."""
    answer = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
