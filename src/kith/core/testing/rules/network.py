"""Rules about the network, programs and archives."""

import ast

from .rule import CALLS, IMPORTS, NAMES, Rule, Source, calls, calls_method, either, imports, keyword, uses, value

CLIENTS = (
    "socket", "http.client", "urllib.request", "smtplib", "imaplib", "poplib", "ftplib", "telnetlib", "nntplib", "xmlrpc.client", "ssl", "asyncio.streams", "socketserver",
    "django.core.mail.backends.smtp", "requests", "httpx", "urllib3", "aiohttp", "aiosmtplib", "ldap", "ldap3", "paramiko", "websockets", "pycurl", "dns",
)  # fmt: skip


def unverified(source: Source, node: ast.AST) -> bool:
    """Whether certificates are not looked at."""
    if isinstance(node, ast.Call):
        return value(keyword(node, "verify")) is False or value(keyword(node, "check_hostname")) is False
    if isinstance(node, ast.Assign):
        names = [source.name(target) for target in node.targets]
        return any(name.endswith(".check_hostname") for name in names) and value(node.value) is False
    return uses("ssl.CERT_NONE", "ssl._create_unverified_context")(source, node)


def unpacking(source: Source, node: ast.AST) -> bool:
    """Whether an archive is unpacked without the filter of tarfile."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr == "extractall" or source.name(node.func) == "shutil.unpack_archive")
        and value(keyword(node, "filter")) != "data"
    )


def shell(source: Source, node: ast.AST) -> bool:
    """Whether a shell reads a command."""
    if isinstance(node, ast.Call) and keyword(node, "shell") is not None:
        return value(keyword(node, "shell")) is not False
    return calls("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "commands.getoutput")(source, node)  # fmt: skip


RULES = (
    Rule(
        "network",
        "speaks to the network; only core/egress does",
        tuple({name.partition(".")[0] for name in CLIENTS} | {"open_connection", "start_server"}),
        either(imports(*CLIENTS), calls("asyncio.open_connection", "asyncio.start_server")),
        ("import requests", "import socket", "from http.client import HTTPSConnection", "from urllib import request", "import smtplib", "from django.core.mail.backends.smtp import EmailBackend",
         "import ldap3.core", "import asyncio\nasync def f():\n    await asyncio.open_connection('a', 1)"),
        ("from urllib.parse import urlsplit", "from django.core.mail import EmailMessage", "import http"),
        but={
            "core/egress/*.py": "the way out itself",
            "core/address.py": "asks whether the own port is free: binds, never connects",
            "core/commands/demo.py": "asks the own server on 127.0.0.1 whether it is ready",
            "core/bench/*.py": "drives the own server on 127.0.0.1",
        },
        kinds=(*IMPORTS, *CALLS),
    ),
    Rule(
        "certificates",
        "certificates are not verified",
        ("verify", "check_hostname", "CERT_NONE", "_create_unverified"),
        unverified,
        ("context.check_hostname = False", "import ssl\nx = ssl.CERT_NONE", "get(url, verify=False)"),
        ("import ssl\nx = ssl.create_default_context()",),
        kinds=(*CALLS, *NAMES, ast.Assign),
    ),
    Rule(
        "programs",
        "starts programs; nothing that people type may come near, so each place is listed",
        ("subprocess", "pty", "multiprocessing"),
        imports("subprocess", "pty", "multiprocessing.connection"),
        ("import subprocess", "from subprocess import run"),
        ("import os",),
        but={
            "core/postgres/*.py": "programs of PostgreSQL, found by our own search",
            "core/backup/*.py": "programs of PostgreSQL, for backups and trials of them",
            "core/commands/db.py": "pg_dump and pg_restore for the operator",
            "core/exchange/formats/sandbox.py": "our own reader of tables, with limits",
            "core/serving/*.py": "our own web and worker processes",
            "core/bench/server.py": "our own server",
            "core/proving/running.py": "the commands of the list of proofs",
            "core/commands/lint.py": "tools of developers",
            "core/commands/test.py": "tools of developers",
        },
        kinds=IMPORTS,
    ),
    Rule(
        "shell",
        "a command line is read by a shell",
        ("shell", "system", "popen", "getoutput", "getstatusoutput"),
        shell,
        ("import subprocess\nsubprocess.run(x, shell=True)", "import os\nos.system('ls')", "from os import popen\npopen('ls')"),
        ("import subprocess\nsubprocess.run(['ls'])",),
    ),
    Rule(
        "unpacking",
        "an archive is unpacked without filter='data'",
        ("extractall", "unpack_archive"),
        unpacking,
        ("archive.extractall(place)", "import shutil\nshutil.unpack_archive(x)", "archive.extractall(place, filter='tar')"),
        ("archive.extractall(place, filter='data')",),
    ),
    Rule(
        "temporary-name",
        "a temporary name that somebody else may take first",
        ("mktemp",),
        calls("tempfile.mktemp"),
        ("import tempfile\nx = tempfile.mktemp()",),
        ("import tempfile\nx = tempfile.mkdtemp()",),
    ),
    Rule(
        "xml",
        "XML is read by a parser that follows entities",
        ("xml",),
        imports("xml", "lxml"),
        ("import xml.etree.ElementTree", "from xml.dom import minidom", "from lxml import etree"),
        ("import html",),
        kinds=IMPORTS,
    ),
    Rule(
        "sleep",
        "a page that sleeps holds one of few threads",
        ("sleep",),
        calls("time.sleep"),
        ("import time\ntime.sleep(1)", "from time import sleep\nsleep(1)"),
        ("import time\ntime.monotonic()",),
        but={
            "*/commands/*.py": "commands of the operator",
            "core/postgres/*.py": "waits for the server to start, before there are pages",
            "core/serving/*.py": "watches processes",
            "core/bench/*.py": "measures, answers nobody",
            "core/backup/*.py": "backups are made by the operator and by the worker",
            "core/jobs/worker.py": "the worker looks for its database again",
            "core/replica_lag.py": "the doctor and the health of replicas, with an end",
        },
    ),
    Rule(
        "files-elsewhere",
        "the folder of stored files is opened by core/files.py only",
        ("MEDIA_ROOT",),
        uses("django.conf.settings.MEDIA_ROOT"),
        ("from django.conf import settings\nx = settings.MEDIA_ROOT / name",),
        ("from django.conf import settings\nx = settings.DATA",),
        but={
            "core/files.py": "refuses everything that is no key",
        },
        kinds=NAMES,
    ),
    Rule(
        "method-of-archives",
        "a member of an archive is written under its own name",
        ("extract",),
        calls_method("extract"),
        ("archive.extract(member, place)",),
        ("archive.extractfile(member)",),
    ),
)  # fmt: skip
