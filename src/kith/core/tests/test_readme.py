"""The README tells the truth about settings and commands."""

import re

from kith import cli
from kith.core.commands import doctor
from kith.core.home import CHECKOUT

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_setting_with_the_words_of_the_doctor() -> None:
    shown = README.split("<!-- settings: ./kith doctor --settings -->\n")[1].split("\n<!-- end of settings -->")[0]
    assert shown.strip().splitlines() == doctor.table().strip().splitlines()


def test_the_readme_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"^ {4}\./kith ([a-z]+)", README, re.M)) | set(re.findall(r"`(?:\./)?kith ([a-z]+)", README))
    assert named <= set(cli.find())
    assert {"demo", "test", "serve", "createadmin", "backup", "restore"} <= named
