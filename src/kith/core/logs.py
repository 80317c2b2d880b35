"""Logs: one JSON object per line with the request's id, without secrets and without bodies."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

SECRETS = re.compile(
    r"(?i)(\b(?:password|passwd|secret|token|authorization|cookie|sessionid)\b[\"']?\s*[=:]\s*[\"']?(?:(?:bearer|basic)\s+)?)[^\s\"'&,;]+"
    r"|(://[^/\s:@]*:)[^@\s/]+(?=@)"
    r"|(\bkith_)[\w-]{16,}"
)


def redact(text: str) -> str:
    """The text without passwords, tokens and cookies."""
    return SECRETS.sub(lambda match: "".join(part or "" for part in match.groups()) + "…", text)


class JsonLines(logging.Formatter):
    """One JSON object per record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line for a log collector."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request := request_id.get():
            line["request"] = request
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """The same for eyes."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one readable line."""
        return redact(super().format(record))


def configuration(level: str, style: str) -> dict[str, Any]:
    """The LOGGING setting."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "kith.core.logs.JsonLines"},
            "text": {"()": "kith.core.logs.PlainLines", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": style}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},  # it tells of every try while a database restarts
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners; the answer is 400 all the same
        },
    }
