"""The README tells the truth about settings and commands."""

import re

from kith import cli
from kith.core.commands import doctor
from kith.core.home import CHECKOUT

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_setting_as_the_doctor_does() -> None:
    shown = README.split("<!-- settings: ./kith doctor --settings -->\n")[1].split("\n<!-- end of settings -->")[0]
    names = re.compile(r"^\| `([A-Z_]+)`", re.M)
    assert set(names.findall(shown)) == set(names.findall(doctor.table()))


def test_the_readme_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"^ {4}\./kith ([a-z]+)", README, re.M)) | set(re.findall(r"`(?:\./)?kith ([a-z]+)", README))
    assert named <= set(cli.find())
    assert {"demo", "test", "serve", "createadmin", "backup", "restore"} <= named
