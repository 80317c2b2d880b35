"""The apostrophe that keeps a spreadsheet from taking text for a formula: put before it on the way out, removed on the way in.

Text that begins with apostrophes and a sign gets one more, so that reading what was written gives the same text.
"""

import re

DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def escape(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if DANGEROUS.match(text) else text


def unescape(text: str) -> str:
    """The text that was escaped."""
    return text[1:] if ESCAPED.match(text) else text
