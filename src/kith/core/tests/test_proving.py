"""kith prove: the list and docs/proof.md belong together, every command exists, results are told and recorded."""

import importlib.util
from pathlib import Path

import pytest

from kith import cli
from kith.core.commands import prove
from kith.core.home import CHECKOUT
from kith.core.proving import page, running
from kith.core.proving.proofs import BY_NAME, PROOFS, Limit, Proof


def fake(name="one", command="python -c 'print(3, chr(112) + chr(97) + chr(115) + \"sed\")'", **more):
    return Proof(name, "something", command, 30, **more)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "FOLDER", tmp_path)
    return tmp_path


def test_each_row_of_the_page_is_a_proof_and_each_proof_has_a_row():
    text = page.PAGE.read_text()
    assert len(page.lines(text)) == len(page.names(text)), "a row does not begin with | `kith prove NAME` |"
    assert page.names(text) == [proof.name for proof in PROOFS]
    assert len(BY_NAME) == len(PROOFS)
    told = dict(line.removeprefix("| `kith prove ").split("` | ", 1) for line in page.lines(text))
    assert [name for name, rest in told.items() if rest.split(" | ")[0] != BY_NAME[name].proves] == []


@pytest.mark.parametrize("proof", PROOFS, ids=BY_NAME)
def test_each_command_exists(proof):
    settings, words = running.words_of(proof.command)
    assert all(name.isupper() for name in settings) and words[0].endswith(("python", "python3", "python3.13"))
    module = words[2]
    assert words[1] == "-m" and importlib.util.find_spec(module) is not None
    if module == "kith.cli":
        assert words[3] in cli.find()
    paths = [word for word in words[3:] if "/" in word and not word.startswith("/")]
    assert [path for path in paths if not (CHECKOUT / path.split("::")[0]).exists()] == []
    assert paths or module != "kith.cli" or words[3] != "test", "it would run every test"


def test_a_proof_holds_when_its_command_does_and_tells_its_figure(kept):
    found = running.run(fake())
    assert (found.held, found.figure, found.result) == (True, "3 passed", "3 passed")
    assert (kept / "one.log").read_text() == "3 passed\n"


@pytest.mark.parametrize(
    ("command", "result"),
    [
        ("python -c 'print(\"3 passed\"); exit(1)'", "does not hold: 3 passed"),
        ("python -c 'print(\"4 skipped in 0.1 s\")'", "does not hold: 4 skipped in 0.1 s"),
        ("python -c 'pass'", "does not hold: said nothing"),
    ],
)
def test_what_fails_or_says_no_figure_does_not_hold(kept, command, result):
    found = running.run(fake(command=command))
    assert (found.held, found.result) == (False, result)


@pytest.mark.parametrize(
    ("said", "held"),
    [("7 s", False), ("2 s, then 5 s", True), ("2 s", False), ("1,000 s", False), ("no number passed", False)],
)
def test_what_measures_too_little_or_too_much_does_not_hold(kept, said, held):
    limited = fake(command=f"python -c 'print(\"3 passed, {said}\")'", limits=(Limit(r"([\d,]+) s", 3, 6),))
    assert running.run(limited).held is held


def test_a_slice_is_told_with_what_it_found(kept):
    figure, lines = (
        BY_NAME["matrix-all"].figure,
        ["matrix: slice 3/24 of all combinations", "...", "= 9 passed, 2 skipped in 1 s ="],
    )
    for said, result in ((lines, "slice 3/24 9 passed, 2 skipped"), (lines[1:], "9 passed, 2 skipped")):
        (kept / "said").write_text("\n".join(said))
        assert running.run(fake(command=f"cat {kept / 'said'}", figure=figure)).result == result


def test_settings_before_a_command_reach_it(kept):
    command = 'KITH_SAID=7 python -c \'import os; print(os.environ["KITH_SAID"], "passed")\''
    assert running.run(fake(command=command)).figure == "7 passed"


def test_a_figure_is_what_its_groups_found_last(kept):
    command = 'python -c \'print({"a": 1, "b": 2}); print({"a": 3, "b": 4})\''
    assert running.run(fake(command=command, figure=r"'a': (\d).*'b': (\d)")).figure == "3 4"


def test_results_come_into_their_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "sized", lambda: "one machine")
    file = tmp_path / "proof.md"
    file.write_text(
        f"# Proof\n\n{page.HEAD}| `kith prove one` | old | old | 2020-01-01 | old |\n| `kith prove one-more` | a | b | c | d |\n\nEnd.\n"
    )
    outcomes = [running.Outcome(fake(name), True, "3 passed", 1.4, "") for name in ("one", "new")]
    page.record(outcomes, file)
    text = file.read_text()
    assert page.names(text) == ["one", "one-more", "new"]
    assert "| `kith prove one` | something | 3 passed in 1 s | 2" in text and "| one machine |" in text
    assert "| `kith prove one-more` | a | b | c | d |\n" in text and text.endswith("\n\nEnd.\n")


def test_the_command_runs_what_is_asked_for(kept, monkeypatch, capsys):
    made = (fake("short"), fake("tedious", long=True), fake("broken", command="python -c 'exit(3)'"))
    monkeypatch.setattr(prove, "PROOFS", made)
    monkeypatch.setattr(prove, "BY_NAME", {proof.name: proof for proof in made})

    def ran(*words):
        import argparse

        parser = argparse.ArgumentParser()
        prove.arguments(parser)
        code = prove.run(parser.parse_args(words))
        told = capsys.readouterr().out
        return code, [line.split()[1].rstrip(":") for line in told.splitlines() if line.startswith("[")]

    assert ran() == (1, ["short", "broken"])
    assert ran("--long") == (1, ["short", "tedious", "broken"])
    assert ran("tedious") == (0, ["tedious"])
    assert ran("no-such")[0] == 2
    assert ran("--list") == (0, [])


def test_the_recorded_machine_is_told_in_few_words():
    assert 20 < len(page.sized()) < 80
    assert isinstance(page.PAGE, Path) and page.PAGE.is_file()
