"""Rules about requests and answers."""

import ast

from .rule import NAMES, Rule, Source, calls_method, first, from_request, keyword, uses, value


def cookie(source: Source, node: ast.AST) -> bool:
    """Whether a cookie is set without saying where it may go."""
    return calls_method("set_cookie", "set_signed_cookie")(source, node) and not (
        isinstance(node, ast.Call) and keyword(node, "secure") is not None and keyword(node, "samesite") is not None
    )


def redirect(source: Source, node: ast.AST) -> bool:
    """Whether a redirect goes where a request says."""
    if not isinstance(node, ast.Call):
        return False
    name = source.name(node.func).rpartition(".")[2]
    return name in ("HttpResponseRedirect", "HttpResponsePermanentRedirect", "redirect") and from_request(first(node))


def forwarded(source: Source, node: ast.AST) -> bool:
    """Whether a header that anybody can send is taken for the proxy's."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.upper().replace("_", "-").removeprefix("HTTP-").startswith("X-FORWARDED")  # fmt: skip


def inline_file(source: Source, node: ast.AST) -> bool:
    """Whether bytes are sent to be shown in the browser."""
    if not isinstance(node, ast.Call) or source.name(node.func).rpartition(".")[2] != "FileResponse":
        return False
    return keyword(node, "as_attachment") is None or value(keyword(node, "as_attachment")) is False


RULES = (
    Rule(
        "host-of-request",
        "the own address comes from BASE_URL, never from a request: mails would lead elsewhere",
        ("get_host", "build_absolute_uri", "get_current_site"),
        calls_method("get_host", "build_absolute_uri", "get_current_site"),
        ("link = request.build_absolute_uri('/x')", "host = request.get_host()"),
        ("link = settings.BASE_URL + '/x'",),
        but={
            "sales/form_page.py": "compares the page's own origin with the one that a form was sent from",
            "access/ui/signin.py": "lets a page after signing in be of this host only",
            "core/file_links.py": "tells the second host from the first",
        },
    ),
    Rule(
        "csrf",
        "an address without protection against forged requests",
        ("csrf_exempt",),
        uses("django.views.decorators.csrf.csrf_exempt"),
        ("from django.views.decorators.csrf import csrf_exempt\n@csrf_exempt\ndef f(request): ...",),
        ("from django.views.decorators.http import require_POST",),
        but={
            "sales/form_page.py": "web forms of visitors have no session to misuse; allowed sites are checked by Origin",
            "core/api/*.py": "the API asks for a token, or checks the session's requests itself",
        },
        kinds=NAMES,
    ),
    Rule(
        "open-address",
        "an address that needs no session; put it on the list of tests/matrix/routes.py and of access/tests/test_doors.py",
        ("login_not_required",),
        uses("django.contrib.auth.decorators.login_not_required"),
        ("from django.contrib.auth.decorators import login_not_required\n@login_not_required\ndef f(request): ...",),
        ("from django.contrib.auth.decorators import login_required",),
        but={
            "access/ui/*.py": "signing in and choosing a password",
            "core/health.py": "says that the process lives",
            "sales/form_page.py": "web forms of visitors",
        },
        kinds=NAMES,
    ),
    Rule(
        "cookie",
        "a cookie needs secure= and samesite=",
        ("cookie",),
        cookie,
        ("response.set_cookie('a', 'b')", "response.set_cookie('a', 'b', samesite='Lax')"),
        ("response.set_cookie('a', 'b', samesite='Lax', secure=True)",),
    ),
    Rule(
        "redirect",
        "a redirect goes where a request says; check it with kith.core.ui.base",
        ("edirect",),
        redirect,
        ("HttpResponseRedirect(request.GET['next'])", "redirect(request.headers['Referer'])"),
        ("HttpResponseRedirect('/')",),
        but={"core/ui/lists.py": "the own path, with the query that was asked"},
    ),
    Rule(
        "forwarded",
        "X-Forwarded-… is read where the count of trusted proxies is known",
        ("FORWARDED", "orwarded"),
        forwarded,
        ("ip = request.headers['X-Forwarded-For']", "ip = request.META['HTTP_X_FORWARDED_HOST']"),
        ("ip = request.headers['User-Agent']",),
        but={
            "core/middleware.py": "counts from the right, as far as TRUSTED_PROXIES says",
            "settings.py": "only when TRUSTED_PROXIES says that there is one",
        },
        kinds=(ast.Constant,),
    ),
    Rule(
        "file-inline",
        "a file is shown instead of saved",
        ("FileResponse",),
        inline_file,
        ("from django.http import FileResponse\nx = FileResponse(f)", "from django.http import FileResponse\nx = FileResponse(f, as_attachment=False)"),
        ("from django.http import FileResponse\nx = FileResponse(f, as_attachment=True)", "from django.http import FileResponse\nx = FileResponse(f, as_attachment=not inline)"),
    ),
    Rule(
        "frames",
        "a page that other sites may frame",
        ("xframe",),
        uses("django.views.decorators.clickjacking.xframe_options_exempt", "django.views.decorators.clickjacking.xframe_options_sameorigin"),
        ("from django.views.decorators.clickjacking import xframe_options_exempt\n@xframe_options_exempt\ndef f(request): ...",),
        ("from django.views.decorators.http import require_safe",),
        but={"sales/form_page.py": "web forms are made to stand in the sites that the form allows"},
        kinds=NAMES,
    ),
    Rule(
        "policy",
        "a page with a policy of its own",
        ("csp_",),
        uses("django.views.decorators.csp.csp_override", "django.views.decorators.csp.csp_report_only_override"),
        ("from django.views.decorators.csp import csp_override\n@csp_override({})\ndef f(request): ...",),
        ("from django.utils.csp import CSP",),
        kinds=NAMES,
    ),
)  # fmt: skip
