"""Rules about HTML: text of people is escaped by the template, or by the few modules that build markup."""

import ast

from .rule import IMPORTS, NAMES, Rule, Source, first, imports, is_built, is_ours, keyword, uses, value


def markup_of_variable(source: Source, node: ast.AST) -> bool:
    """Whether a text that is not in the source is declared to be markup."""
    return (
        isinstance(node, ast.Call)
        and source.name(node.func) in ("markupsafe.Markup", "Markup")
        and bool(node.args)
        and not is_ours(first(node))
    )


def answer_built(source: Source, node: ast.AST) -> bool:
    """Whether a page is put together without a template."""
    if not isinstance(node, ast.Call) or source.name(node.func).rpartition(".")[2] != "HttpResponse":
        return False
    return is_built(first(node)) or is_built(keyword(node, "content"))


def unescaped_templates(source: Source, node: ast.AST) -> bool:
    """Whether templates are read without escaping, or made from a text."""
    if not isinstance(node, ast.Call):
        return False
    name = source.name(node.func)
    if name == "jinja2.Environment":
        return value(keyword(node, "autoescape")) is not True
    return name in ("jinja2.Template", "django.template.Template") or name.endswith(".from_string")


RULES = (
    Rule(
        "mark-safe",
        "a text is declared safe; let a template escape it",
        ("mark_safe", "SafeString", "format_html"),
        uses("django.utils.safestring.mark_safe", "django.utils.safestring.SafeString", "django.utils.html.format_html", "mark_safe"),
        ("from django.utils.safestring import mark_safe\nx = mark_safe(y)", "from django.utils.html import format_html\nx = format_html(y)"),
        ("from django.utils.html import escape\nx = escape(y)",),
        kinds=NAMES,
    ),
    Rule(
        "markup-of-variable",
        "Markup() around a text that is not in the source; use Markup('…{}').format(text)",
        ("Markup",),
        markup_of_variable,
        ("from markupsafe import Markup\nx = Markup(text)", "from markupsafe import Markup\nx = Markup(f'<b>{text}</b>')"),
        ("from markupsafe import Markup\nx = Markup('<b>{}</b>').format(text)", "from markupsafe import Markup\nx = Markup('')"),
        but={
            "core/ui/values.py": "every function there escapes what it is given; rich text passes core/sanitising.py",
            "core/ui/jinja.py": "texts of ours and templates of ours; values among them are escaped there",
            "core/reports/charts/svg.py": "builds SVG: names of elements are ours, all else is escaped",
            "core/reports/charts/drawing.py": "a rendered template of ours",
        },
    ),
    Rule(
        "answer-built",
        "a page put together without a template",
        ("HttpResponse",),
        answer_built,
        ("HttpResponse(f'<p>{name}</p>')", "HttpResponse('<p>%s</p>' % name)", "HttpResponse(content='a' + b)"),
        ("HttpResponse('fine')", "HttpResponse(status=204)", "HttpResponse(page)"),
    ),
    Rule(
        "templates-unescaped",
        "templates without autoescape=True, or made from a text",
        ("Environment", "Template", "from_string"),
        unescaped_templates,
        ("from jinja2 import Environment\ne = Environment()", "from jinja2 import Template\nx = Template(text)", "env.from_string(text)"),
        ("from jinja2 import Environment\ne = Environment(autoescape=True)",),
    ),
    Rule(
        "sanitise-elsewhere",
        "nh3 with its own defaults lets pictures of trackers through; use core/sanitising.py",
        ("nh3",),
        imports("nh3", "bleach"),
        ("import nh3\nx = nh3.clean(y)", "from nh3 import clean"),
        ("from kith.core import sanitising\nx = sanitising.clean(y)",),
        but={"core/sanitising.py": "the one place with the allow-list"},
        kinds=IMPORTS,
    ),
)  # fmt: skip
