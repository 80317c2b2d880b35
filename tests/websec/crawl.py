"""`python -m tests.websec.crawl`: every page of every kind of record in Chromium, as two users; takes minutes."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["KITH_LONG"] = "1"
    sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "tests/websec/test_crawl.py", *sys.argv[1:]]))
