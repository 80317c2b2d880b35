"""R17: web addresses."""

import pytest

from kith.core.identity.problems import Problem
from kith.core.identity.urls import normalise_url, web_domain


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("arbor.example", "https://arbor.example"), (" HTTP://Arbor.Example/Path?x=A ", "http://arbor.example/Path?x=A"),
        ("https://arbor.example:8443/#a", "https://arbor.example:8443/#a"), ("arbor.example/shop", "https://arbor.example/shop"),
        ("arbor.example:8080/x", "https://arbor.example:8080/x"), ("пример.рф", "https://пример.рф"), ("http://intranet/", "http://intranet/"),
        ("http://[::1]/", "http://[::1]/"), ("https://arbor.example?next=http://x", "https://arbor.example?next=http://x"),
    ],
)  # fmt: skip
def test_web_addresses_are_accepted(text, stored):
    assert normalise_url(text) == stored
    assert normalise_url(stored) == stored


@pytest.mark.parametrize(
    "text",
    [
        "", "word", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "javascript://arbor.example/%0aalert(1)",
        "data:text/html,x", "vbscript:x", "ftp://arbor.example", "mailto:eva@arbor.example", "eva@arbor.example", "http://", "https:///x",
        "http:/x.example", "//arbor.example", "http://a b.example", "http://x.example:99999", "http://\\x.example", "file:///etc/passwd",
        "http://<b>.example", "http://-.example", "..", "\x01javascript:alert(1)",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    with pytest.raises(Problem) as problem:
        normalise_url(text)
    assert problem.value.key == "bad_web_address"


def test_the_domain_that_names_a_company():
    assert web_domain("https://www.Arbor.example/shop") == "arbor.example"
    assert web_domain("https://xn--e1afmkfd.xn--p1ai") == "пример.рф"
    for shared in ("vk.com/arbor", "https://www.linkedin.com/company/a", "http://10.0.0.1", "http://intranet", "word"):
        assert web_domain(shared) == ""
