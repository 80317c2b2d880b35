"""Rules about secrets and tokens."""

import ast
import re

from .rule import IMPORTS, Rule, Source, calls, imports, keyword, value

SECRET = re.compile(r"(^|_)(secret|token|signature|digest|hmac|mac|password|passwd|otp|csrf)$", re.I)
LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def last(source: Source, node: ast.AST) -> str:
    """The last word of a name, of whatever it is called on."""
    return source.name(node).removesuffix("()").removesuffix("[]").rpartition(".")[2]


def compared(source: Source, node: ast.AST) -> bool:
    """Whether a secret is compared with ==, whose time tells how much of it is right; a comparison with a literal is not of a secret."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return False
    sides = [node.left, *node.comparators]
    if any(isinstance(side, ast.Constant) for side in sides):
        return False
    return any(SECRET.search(last(source, side)) for side in sides)


def logged(source: Source, node: ast.AST) -> bool:
    """Whether a secret is written to the log."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in LOGS:
        return False
    if source.name(node.func.value).rpartition(".")[2] not in ("log", "logger", "logging"):
        return False
    given = [*node.args, *(word.value for word in node.keywords)]
    return any(SECRET.search(last(source, part)) for whole in given for part in ast.walk(whole) if isinstance(part, ast.Name | ast.Attribute))  # fmt: skip


def weak(source: Source, node: ast.AST) -> bool:
    """Whether a weak hash is used for more than a short name."""
    return (
        calls("hashlib.md5", "hashlib.sha1", "hashlib.new")(source, node)
        and isinstance(node, ast.Call)
        and value(keyword(node, "usedforsecurity")) is not False
    )


def unbound(source: Source, node: ast.AST) -> bool:
    """Whether something is signed without its purpose, or for a time that a clock set back would begin anew."""
    if not isinstance(node, ast.Call):
        return False
    name = source.name(node.func).removeprefix("django.core.")
    return name in ("signing.loads", "signing.dumps", "signing.TimestampSigner") or (
        name == "signing.Signer" and keyword(node, "salt") is None
    )


RULES = (
    Rule(
        "chance",
        "random is no source of secrets; use secrets",
        ("random",),
        imports("random", "numpy.random"),
        ("import random", "from random import choice"),
        ("import secrets",),
        but={
            "demo/*.py": "the demo company, the same each time",
            "core/bench/*.py": "data of the bench, the same each time",
            "core/api/problems.py": "spreads the seconds after which callers come again",
        },
        kinds=IMPORTS,
    ),
    Rule(
        "secret-compared",
        "a secret compared with ==; use constant_time_compare, or look it up by its hash",
        ("==", "!="),
        compared,
        ("ok = token == given", "if request.token != row.token: pass", "x = digest(a) == b", "y = user.password == typed"),
        ("ok = token == ''", "from django.utils.crypto import constant_time_compare\nok = constant_time_compare(token, given)", "x = name == other"),
        but={
            "access/sessions.py": "hashes of sessions of the reader's own list",
            "core/api/idempotency.py": "the hash of a body that the caller sent, no secret",
            "core/backup/listing.py": "checksums of files of a backup",
            "core/serving/demo.py": "hashes of own files",
        },
        kinds=(ast.Compare,),
    ),
    Rule(
        "secret-logged",
        "a secret is written to the log",
        ("log",),
        logged,
        ("log.info('came with %s', token)", "logger.warning(f'{user.password}')"),
        ("log.info('came %s', name)", "ledger.log(actor, 'password', how=how)"),
    ),
    Rule(
        "weak-hash",
        "MD5 and SHA-1 are no hashes for anything that somebody may forge",
        ("md5", "sha1", "hashlib.new"),
        weak,
        ("import hashlib\nx = hashlib.md5(y)", "from hashlib import sha1\nx = sha1(y)"),
        ("import hashlib\nx = hashlib.sha256(y)", "import hashlib\nx = hashlib.sha1(y, usedforsecurity=False)"),
    ),
    Rule(
        "signed-unbound",
        "something signed needs a salt that names its purpose, and an age at which it ends",
        ("sign", "Sign"),
        unbound,
        ("from django.core import signing\nx = signing.loads(t, salt='a', max_age=5)", "from django.core import signing\nx = signing.dumps(1)",
         "from django.core.signing import Signer\nx = Signer()", "from django.core.signing import TimestampSigner\nx = TimestampSigner(salt='a')"),
        ("from kith.core import signed\nx = signed.loads(t, salt='a', max_age=5)", "from django.core.signing import Signer\nx = Signer(salt='a')"),
    ),
)  # fmt: skip
