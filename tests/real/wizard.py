"""Drives the import wizard in a browser as somebody with a file does: choose, match, options, check, import, undo."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from django.db import connections
from playwright.sync_api import Locator, Page

from kith.core.jobs.worker import work
from kith.core.jobs_models import JobRun, State
from kith.core.testing import browser as browsing

#: So many looks at the page, a twentieth of a second apart.
PATIENCE = 2_400


@dataclass
class Wizard:
    """One person at the wizard; `done` are the pages of finished imports, in order."""

    page: Page
    home: str
    done: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def choose(self, slug: str, file: Path) -> None:
        """Choose a file for a kind of record."""
        self.page.goto(f"{self.home}/{slug}/import")
        self.page.set_input_files("#f-file", file)
        self.page.wait_for_url("**/import/*-*/")
        self.work_off("[name=remember]")
        self.page.wait_for_load_state()  # what is drawn may be pressed before its scripts listen
        self.columns = [cell.split("\n")[-1] for cell in self.page.locator(".import-columns th.rowh").all_inner_texts()]

    def match(self, column: str, name: str, **options: Any) -> None:
        """Let a column go to the field of this name."""
        self.place(str(self.columns.index(column)), name, options)

    def also(self, column: str, name: str, **options: Any) -> None:
        """Let a column go to one more field."""
        at = self.columns.index(column)
        before = self.page.locator(f"tr[id^='column-{at}-']").count()
        self.page.click(f"#also-{at}")
        browsing.until(self.page, f"document.querySelectorAll(\"tr[id^='column-{at}-']\").length > {before}")
        row = self.page.locator(f"#column-{at} + tr").get_attribute("id") or ""
        self.place(row.removeprefix("column-"), name, options)

    def place(self, key: str, name: str, options: dict[str, Any]) -> None:
        """Choose the field of one row, then its options."""
        with self.page.expect_response(lambda answer: "/column/" in answer.url):
            self.pick(f"to-{key}", name)
        self.page.wait_for_selector(f"#options-{key}")
        if options:
            self.page.click(f"#options-{key}")
            self.page.wait_for_selector("#modal[open] button[type=submit]")
            self.fill_dialog(options)
            self.page.click("#modal button[type=submit]")
            self.page.wait_for_selector("#modal", state="hidden")

    def pick(self, box: str, name: str) -> None:
        """Type into a chooser and take what is called so."""
        self.page.click(f"#{box}")
        self.page.fill(f"#{box}", name)
        option = self.page.locator(f"#{box}-list [role=option][data-text='{name}']").first
        option.click()

    def fill_dialog(self, options: dict[str, Any]) -> None:
        """Fill in the options of a column; `values` are words of the file and what they become."""
        if options.keys() & {"change", "empty"} and not self.page.is_visible("#f-empty"):
            self.page.click("#modal summary")
        for name, value in options.items():
            if name == "values":
                for old, new in value.items():
                    enter(self.page.locator(f".import-value:has([value='{old}'][name^=old-]) [name^=new-]"), new)
            else:
                enter(self.page.locator(f"#modal [name={name}]"), value)

    def every_row(self, name: str, value: str) -> None:
        """Give every row the same value."""
        if not self.page.is_visible("#constant-to"):
            self.page.click("#constants summary")
        self.pick("constant-to", name)
        self.page.fill("#constant-value", value)
        self.page.click("#constant-add")
        self.page.wait_for_selector(f"#constants form:has-text('{name}') button[aria-label]")

    def keep_rest(self) -> None:
        """Make custom fields of all columns that go nowhere."""
        self.page.click("#keep-rest")
        self.page.wait_for_selector("#keep-rest", state="detached")

    def bring_in(self, *match: str, strategy: str = "add_or_update") -> dict[str, int]:
        """Say how known records are found, check, import; the numbers of the last page."""
        self.page.click("text=Next: duplicates")
        self.page.check(f"[name=strategy][value={strategy}]")
        for name in match:
            self.page.check("[name=by][value=fields]")
            self.page.check(f"[name=match][value={name}]")
        if len(match) > 1:
            self.page.check("[name=together]")
        self.page.click("text=Next: check")
        self.work_off("button[form=start-form]")
        self.page.click("button[form=start-form]")
        self.work_off("#import-undo")
        self.done.append(self.page.url)
        return self.figures()

    def figures(self) -> dict[str, int]:
        """The numbers of the report."""
        pairs = self.page.locator(".import-figures > div").all()
        return {
            pair.locator("dt").inner_text(): int(pair.locator("dd").inner_text().replace(",", "")) for pair in pairs
        }

    def undo_all(self) -> None:
        """Undo every import, the last one first, each on its own page."""
        for url in reversed(self.done):
            self.page.goto(url)
            with self.page.expect_response(lambda answer: "/undo/" in answer.url):
                self.page.click("#import-undo")
            self.work_off("text=This import was undone")

    def work_off(self, until: str) -> None:
        """Wait for something on the page; when a job has to come first, do it."""
        for _try in range(PATIENCE):
            if self.page.is_visible(until):
                return
            if JobRun.objects.filter(state=State.QUEUED).exists():
                run_jobs()
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{until} never came: {self.page.inner_text('main')}")


def run_jobs() -> None:
    """Do the jobs that wait, in a thread of their own: Playwright's loop runs in this one."""

    def at_work() -> None:
        try:
            work(until_empty=True)
        finally:
            connections.close_all()

    worker = Thread(target=at_work)
    worker.start()
    worker.join()


def enter(control: Locator, value: Any) -> None:
    """Fill in a text, choose from a list, or tick a box."""
    if value is True:
        control.check()
    elif control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
