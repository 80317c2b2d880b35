"""Rules about text that becomes code, and about values that are not what they seem."""

import ast
import re

from .rule import (
    CALLS,
    IMPORTS,
    NAMES,
    Rule,
    Source,
    calls,
    either,
    first,
    from_request,
    imports,
    is_ours,
    keyword,
    uses,
)

MONEY = re.compile(r"amount|price|money|total|cost|balance|discount|margin|revenue", re.I)
PATTERNS = frozenset({"re.compile", "re.match", "re.search", "re.fullmatch", "re.findall", "re.finditer", "re.sub", "re.subn", "re.split"})  # fmt: skip


def pattern_of_variable(source: Source, node: ast.AST) -> bool:
    """Whether a regular expression is not in the source."""
    return isinstance(node, ast.Call) and source.name(node.func) in PATTERNS and not is_pattern(source, first(node))


def is_pattern(source: Source, node: ast.AST | None) -> bool:
    """Whether a pattern is ours: literals, constants, and what re.escape makes harmless."""
    if isinstance(node, ast.Call):
        return source.name(node.func) == "re.escape"
    if isinstance(node, ast.BinOp):
        return is_pattern(source, node.left) and is_pattern(source, node.right)
    if isinstance(node, ast.JoinedStr):
        return all(
            is_pattern(source, part.value) if isinstance(part, ast.FormattedValue) else True for part in node.values
        )
    return is_ours(node)


def naive(source: Source, node: ast.AST) -> bool:
    """Whether a moment is made without a time zone, or the day of the machine is taken for the reader's."""
    if not isinstance(node, ast.Call):
        return False
    name = source.name(node.func)
    base = name.removeprefix("dt.").removeprefix("datetime.")
    if base in ("datetime.now", "now") and name.startswith(("dt.", "datetime.")):
        return not node.args and keyword(node, "tz") is None
    if base == "datetime.fromtimestamp":
        return len(node.args) < 2 and keyword(node, "tz") is None
    return base in ("datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today", "date.today")


def float_of_money(source: Source, node: ast.AST) -> bool:
    """Whether money becomes a binary fraction."""
    if not isinstance(node, ast.Call):
        return False
    name = source.name(node.func)
    if name.endswith("FloatField") and not name.startswith("output"):
        return True
    return name == "float" and bool(node.args) and bool(MONEY.search(ast.unparse(node.args[0])))


def opens_what_was_sent(source: Source, node: ast.AST) -> bool:
    """Whether a path comes from a request."""
    return (
        isinstance(node, ast.Call)
        and source.name(node.func) in ("open", "pathlib.Path", "Path", "os.path.join")
        and any(map(from_request, node.args))
    )


RULES = (
    Rule(
        "evaluation",
        "text becomes code",
        ("eval", "exec", "compile", "__import__", "code"),
        either(calls("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"), imports("code", "codeop")),
        ("eval(x)", "exec(x)", "compile(x, '', 'exec')", "__import__(x)"),
        ("import re\nre.compile('a')", "import ast\nast.literal_eval(x)"),
        kinds=(*IMPORTS, *CALLS),
    ),
    Rule(
        "deserialisation",
        "reads a format that can hold code",
        ("pickle", "marshal", "shelve", "yaml", "dill", "joblib"),
        imports("pickle", "marshal", "shelve", "yaml", "dill", "cloudpickle", "joblib", "jsonpickle"),
        ("import pickle", "from yaml import load", "import shelve"),
        ("import json", "import msgspec"),
        kinds=IMPORTS,
        but={"core/configuration/yaml_text.py": "takes the nodes only and makes plain values of them itself"},
    ),
    Rule(
        "pattern-of-variable",
        "a regular expression that is not in the source; one typed by somebody can take minutes (C14)",
        ("re.", "from re "),
        pattern_of_variable,
        ("import re\nre.compile(text)", "import re\nre.search(f'{x}', y)", "import re\nre.sub(given['a'], '', y)"),
        ("import re\nre.compile('a+')", "import re\nre.search(PATTERN, x)", "import re\nre.compile(re.escape(x) + 'a')"),
        but={
            "core/bench/report.py": "two marks of the own page of figures",
            "core/exchange/formats/number_text.py": "numbers of digits in a group, from a closed list",
            "core/exchange/formats/vcard_*.py": "one of three separators",
            "core/exchange/formats/xlsx_marks.py": "marks of number formats, from a closed list",
            "core/identity/dialling.py": "patterns of the numbering plans that phonenumberslite ships",
            "core/proving/*.py": "patterns of the list of proofs",
            "core/identity/spelling.py": "keys of a table of the source, escaped",
            "privacy/erasing.py": "names of somebody who is erased, escaped",
        },
    ),
    Rule(
        "naive-moment",
        "a moment without a time zone; use django.utils.timezone",
        ("now", "fromtimestamp", "utc", "today"),
        naive,
        ("import datetime as dt\ndt.datetime.now()", "from datetime import datetime\ndatetime.utcnow()", "from datetime import date\ndate.today()", "import datetime\ndatetime.datetime.fromtimestamp(1)"),
        ("import datetime as dt\ndt.datetime.now(dt.UTC)", "from django.utils import timezone\ntimezone.now()", "import datetime as dt\ndt.datetime.fromtimestamp(1, dt.UTC)"),
    ),
    Rule(
        "float-of-money",
        "money is a decimal, never a binary fraction",
        ("float", "FloatField"),
        float_of_money,
        ("x = float(amount)", "from django.db import models\nprice = models.FloatField()", "y = float(order.total)"),
        ("from decimal import Decimal\nx = Decimal(amount)", "y = float(seconds)"),
        but={
            "core/clock_floor.py": "seconds since 1970", "core/reports/charts/*.py": "lengths in a drawing",
            "core/ui/formats.py": "only finds out how many digits a short form has",
        },
    ),
    Rule(
        "path-of-request",
        "a path made of what was sent",
        ("request",),
        opens_what_was_sent,
        ("open(request.GET['name'])", "from pathlib import Path\nPath(request.POST['x'])"),
        ("open(PLACE)", "from pathlib import Path\nPath(name)"),
    ),
    Rule(
        "mass-assignment",
        "everything that was sent becomes arguments",
        ("**",),
        lambda source, node: isinstance(node, ast.keyword) and node.arg is None and from_request(node.value),
        ("save(**request.POST.dict())", "make(**dict(request.GET.items()))"),
        ("save(name=request.POST['name'])",),
        kinds=(ast.keyword,),
    ),
    Rule(
        "page-cache",
        "pages of one reader are kept for another (C15)",
        ("cache_page", "middleware.cache"),
        either(imports("django.middleware.cache"), uses("django.views.decorators.cache.cache_page")),
        ("from django.views.decorators.cache import cache_page\n@cache_page(60)\ndef f(request): ...", "from django.middleware.cache import UpdateCacheMiddleware"),
        ("from django.views.decorators.cache import never_cache",),
        kinds=(*IMPORTS, *NAMES),
    ),
)  # fmt: skip
