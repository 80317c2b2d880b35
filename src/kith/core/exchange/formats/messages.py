"""The sentences for the message keys of this package: what happened, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from .errors import Fact, FormatError, Problem


class Explanation(NamedTuple):
    """What happened and what to do, in the reader's language."""

    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


#: The whole file, or the whole export.
FILES = {
    "empty": (_("The file is empty."), _("Choose a file with a header and at least one row.")),
    "too_large": (_("The file needs too much memory to read."), _("Delete empty rows and columns, split it, or save it as CSV.")),
    "too_slow": (_("Reading the file takes too long."), _("Split it into several files, or save it as CSV.")),
    "too_many_columns": (_("The file has more than %(limit)s columns."), _("Delete the columns that are not needed.")),
    "damaged": (_("The file is damaged."), _("Open it in the program it comes from and save it again.")),
    "password": (_("The file is protected with a password."), _("Save it without a password and choose it again.")),
    "zip_bomb": (_("Unpacked, the file would take %(megabytes)s MB."), _("Split it into several files, or save it as CSV.")),
    "zip_without_table": (_("The archive holds no table."), _("Unpack it and choose the table inside.")),
    "not_a_table": (_("The file holds no table."), _("Choose a CSV, XLSX, XLS, ODS or vCard file.")),
    "web_page": (_("The file is a web page or XML, whatever its name says."), _("Open it in a spreadsheet program and save it as XLSX or CSV.")),
    "json_file": (_("The file holds JSON."), _("Use the API for JSON, or save it as CSV or XLSX.")),
    "unknown_encoding": (_("There is no text encoding “%(encoding)s”."), _("Choose one of the list, for example UTF-8.")),
    "bad_delimiter": (_("Delimiter and quote must be one character each, and different."), _("Choose, for example, a semicolon.")),
    "no_header_row": (_("Row %(row)s, the header, is not among the first rows of the file."), _("Choose another row.")),
    "no_sheet": (_("There is no sheet “%(sheet)s” in the file."), _("Choose one of its sheets.")),
    "too_many_rows": (_("XLSX holds at most %(limit)s rows."), _("Export as CSV, or filter the list.")),
    "xlsx_cell_too_long": (_("Row %(row)s, %(column)s: XLSX holds at most %(limit)s characters in a cell."), _("Export as CSV, or leave this column out.")),
}  # fmt: skip

#: One row or one cell of a file, and one cell under its column's notation.
ROWS = {
    "row_short": (_("The row has fewer cells than the header."), _("Fill in what is missing; check the quotes of this row.")),
    "row_long": (_("The row has more cells than the header: %(detail)s"), _("Put text that holds the delimiter into quotes.")),
    "cell_too_long": (_("A cell is longer than a million characters, or a quote is never closed."), _("Close the quote or shorten the text.")),
    "line_too_long": (_("The line is too long."), _("Check the line ends of the file.")),
    "quote_unclosed": (_("A quote is opened and never closed."), _("Close the quote; the rows behind it were swallowed.")),
    "cell_encoding": (_("Some characters do not belong to the encoding of the file: %(detail)s"), _("Choose the right encoding, or correct the cell.")),
    "cell_nul": (_("The cell holds NUL characters."), _("Remove them.")),
    "cell_error": (_("The spreadsheet shows the error %(detail)s here."), _("Correct the formula or write the value.")),
    "digits_lost": (_("The spreadsheet has lost the last digits of this number: %(detail)s"), _("Format the column as text and write the number again.")),
    "card_unclosed": (_("The card has no end."), _("Export it again from the address book.")),
    "card_empty": (_("The card names nobody: no name, company, phone or e-mail."), _("Fill in a name.")),
    "card_group": (_("The card is a group, not a person: %(detail)s"), _("Import the people of the group; add them to a group here.")),
    "card_too_large": (_("The card has too many lines."), _("Export it again from the address book.")),
    "card_date": (_("Not a date: %(detail)s"), _("Write it as YYYY-MM-DD.")),
    "date_unreadable": (_("“%(text)s” is not a date."), _("Write it as YYYY-MM-DD, or empty the cell.")),
    "date_without_year": (_("“%(text)s” has no year."), _("Add the year, or empty the cell.")),
    "date_other_notation": (_("“%(text)s” is not in the notation of its column, %(notation)s."), _("Write it like the other dates.")),
    "date_impossible": (_("There is no day “%(text)s”."), _("Correct day or month.")),
    "moment_unreadable": (_("“%(text)s” is not a date with time."), _("Write it like 2026-11-27 14:30.")),
    "number_unreadable": (_("“%(text)s” is not a number."), _("Write digits only, or empty the cell.")),
    "number_other_notation": (_("“%(text)s” does not fit its column, whose decimal sign is “%(sign)s”."), _("Write it like the other numbers.")),
    "boolean_unreadable": (_("“%(text)s” is neither yes nor no."), _("Write yes or no.")),
}  # fmt: skip


#: How a notation is shown in a sentence and in the wizard's choice.
NOTATION_NAMES = {"ymd": _("year-month-day"), "dmy": _("day.month.year"), "mdy": _("month/day/year")}


def explain(what: FormatError | Problem) -> Explanation:
    """The sentence and the remedy for an error or a row's problem."""
    if isinstance(what, Problem):
        return worded(ROWS[what.key], {"detail": what.detail})
    facts = dict(what.facts)
    if "notation" in facts:
        facts["notation"] = str(NOTATION_NAMES[str(facts["notation"])])
    return worded((FILES | ROWS)[what.key], facts)


def worded(sentences: tuple[object, object], facts: Mapping[str, Fact]) -> Explanation:
    """The sentences with their facts, in the active language."""
    message, remedy = (str(sentence) for sentence in sentences)
    return Explanation(message % facts if facts else message, remedy)
