"""Compiled templates are kept from one process to the next, and never hold up a page."""

import sys

import pytest
from jinja2 import Environment, FileSystemLoader

from kith.core.ui import compiled


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A place for what is compiled, a file that says how, and a template."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "how.py").write_text("trim = True")
    (tmp_path / "page.html").write_text("Hello {{ who }}")
    return tmp_path


def read(house):
    """What the page says in a process of its own, and how many templates it compiled for that."""
    made = []

    class Counting(Environment):
        def _generate(self, *words, **more):
            made.append(words)
            return super()._generate(*words, **more)

    page = Counting(loader=FileSystemLoader(house), bytecode_cache=compiled.kept(house / "how.py"), autoescape=True)
    return page.get_template("page.html").render(who="Ann"), len(made)


def test_a_template_is_compiled_once(house):
    assert [read(house), read(house)] == [("Hello Ann", 1), ("Hello Ann", 0)]
    (folder,) = (house / "kept" / "templates").iterdir()
    assert folder.stat().st_mode & 0o077 == 0


def test_it_is_compiled_anew_when_its_text_or_the_way_changes(house):
    read(house)
    (house / "page.html").write_text("Good day {{ who }}")
    assert read(house) == ("Good day Ann", 1)
    (house / "how.py").write_text("trim = False")
    assert read(house) == ("Good day Ann", 1)


def test_what_was_cut_off_is_compiled_anew(house):
    read(house)
    (kept,) = (house / "kept").rglob("*.cache")
    kept.write_bytes(kept.read_bytes()[:-40])
    assert read(house) == ("Hello Ann", 1)


def test_a_place_that_cannot_be_written_to_is_done_without(house):
    (house / "kept").write_text("a file")
    assert read(house) == ("Hello Ann", 1)
    (house / "kept").unlink()
    cache = compiled.kept(house / "how.py")
    (folder,) = (house / "kept" / "templates").iterdir()
    folder.rmdir()
    page = Environment(loader=FileSystemLoader(house), bytecode_cache=cache, autoescape=True)
    assert page.get_template("page.html").render(who="Tom") == "Hello Tom"


def test_nothing_is_kept_where_python_keeps_nothing(house, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled.kept(house / "how.py") is None
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    assert compiled.kept(house / "how.py") is None
