"""The page of a role's permissions: matrix, fields, rules of one cell, what-if, all saved at once."""

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.access import lockout, matrix, matrix_save, whatif
from kith.core import access
from kith.core.access import LEVEL_LABELS, LEVELS, SYSTEM, Actor
from kith.core.entity import OPERATION_LABELS, Entity, registry
from kith.core.errors import Conflict, Missing, Refused
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.ui import errors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.filter_words import in_words
from kith.core.ui.respond import closing, go, into, trigger
from kith.core.why import explain as explain_right

FIELD_LEVELS = ("", "none", "read", "edit", "none!", "read!")


def role_entity() -> Entity:
    """The entity of roles."""
    return registry.get("access.role")


@guarded
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """The permissions of the first role, or the list where there is none."""
    access.require(actor_of(request), role_entity(), "edit")
    role = role_entity().rows(actor_of(request)).order_by("name", "pk").first()
    return go(request, f"/roles/{role.pk}/permissions" if role else "/roles/")


@guarded
@require_http_methods(["GET", "POST"])
def permissions(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show the matrix, or save what was changed in it."""
    actor = actor_of(request)
    role = access.fetch(role_entity(), actor, key, "edit")
    return save(request, actor, role) if request.method == "POST" else show(request, actor, role)


def show(request: HttpRequest, actor: Actor, role: Any) -> HttpResponse:
    """The page."""
    tab = "fields" if request.GET.get("tab") == "fields" else "matrix"
    context = {
        "role": role,
        "tab": tab,
        "mark": matrix.mark(role),
        "levels": LEVELS,
        "roles": roles(actor),
        "groups": groups(actor),
        "palette_context": f"roles/{role.pk}",
    }
    context |= (
        field_context(request, role)
        if tab == "fields"
        else {"blocks": matrix.of(role), "columns": [matrix.column_label(name) for name in matrix.COLUMNS]}
    )
    return render(request, "access/permissions.html", context)


def roles(actor: Actor) -> list[tuple[Any, int]]:
    """All roles with the number of those they are given to."""
    given: dict[Any, int] = {}
    for role in registry.get("access.rolegrant").rows(SYSTEM).values_list("role", flat=True):
        given[role] = given.get(role, 0) + 1
    return [(role, given.get(role.pk, 0)) for role in role_entity().rows(actor).order_by("name", "pk")]


def groups(actor: Actor) -> list[tuple[Any, int]]:
    """All groups with the number of their direct members."""
    inside: dict[Any, int] = {}
    for group in registry.get("access.groupmember").rows(SYSTEM).values_list("group", flat=True):
        inside[group] = inside.get(group, 0) + 1
    return [
        (group, inside.get(group.pk, 0))
        for group in registry.get("access.group").rows(actor).order_by("name", "pk")[:100]
    ]


def field_context(request: HttpRequest, role: Any) -> dict[str, Any]:
    """The tab of fields: one kind of record, its fields, and what the role says about each."""
    kinds = [entity for entity in registry if not entity.access.faces]
    entity = registry.find(request.GET.get("entity", "")) or registry.find("parties.company") or kinds[0]
    said = {
        item.field: item.level + ("!" if item.deny else "")
        for item in matrix.stored(role, "access.fieldpolicy")
        if item.entity == entity.label
    }
    return {
        "kinds": kinds,
        "entity": entity,
        "fields": list(entity.fields.values()),
        "said": said,
        "field_levels": field_levels(),
    }


def field_levels() -> list[tuple[str, str]]:
    """Choices for one field."""
    words = (
        _("not said"),
        _("hidden"),
        _("read only"),
        _("read and write"),
        _("hidden, whatever other roles say"),
        _("read only, whatever other roles say"),
    )
    return list(zip(FIELD_LEVELS, words, strict=True))


def posted(request: HttpRequest) -> tuple[matrix_save.Cells, matrix_save.Fields]:
    """Cells and fields of the form."""
    return matrix_save.read_cells(request.POST.dict()), matrix_save.read_fields(request.POST.dict())


def save(request: HttpRequest, actor: Actor, role: Any) -> HttpResponse:
    """Store the changes; taking one's own right away needs the name of the role typed."""
    cells, fields = posted(request)
    try:
        if request.POST.get("confirm", "").strip() == role.name:
            with lockout.accepted():
                count = matrix_save.save(actor, role, cells, fields, mark=request.POST.get("mark", ""))
        else:
            count = matrix_save.save(actor, role, cells, fields, mark=request.POST.get("mark", ""))
    except lockout.LockedOut:
        context = {
            "role": role,
            "posted": [
                (name, value) for name, value in request.POST.items() if name not in ("confirm", "csrfmiddlewaretoken")
            ],
            "wrong": "confirm" in request.POST,
        }
        return into(render(request, "access/lockout.html", context, status=422), "#modal", "innerHTML")
    except Conflict:
        return errors.answer(
            request, 409, _("Somebody saved this role meanwhile. Reload the page and make your changes again.")
        )
    request.session["toast"] = {
        "text": ngettext("%(num)s permission changed.", "%(num)s permissions changed.", count) % {"num": count}
    }
    return go(
        request,
        f"/roles/{role.pk}/permissions?" + ("tab=fields&entity=" + request.POST.get("entity", "") if fields else ""),
    )


@guarded
@require_POST
def preview(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Who would gain and lose what, if the form were saved."""
    actor = actor_of(request)
    role = access.fetch(role_entity(), actor, key, "edit")
    cells, fields = posted(request)

    def change() -> None:
        with lockout.accepted():
            matrix_save.save(actor, role, cells, fields)

    return render(
        request,
        "access/whatif.html",
        {
            "outcome": whatif.compare(whatif.reached_by_role(role), change),
            "cap": whatif.CAP,
            "labels": OPERATION_LABELS,
        },
    )


# --- the rules of one cell --------------------------------------------------------------------------------------------


@guarded
@require_POST
def rules(request: HttpRequest) -> HttpResponse:
    """The dialog with all rules of one cell."""
    access.require(actor_of(request), role_entity(), "edit")
    label, operation = request.POST.get("entity", ""), request.POST.get("operation", "")
    shown = matrix_save.read_rules("rules", request.POST.get("rules", "[]"))
    return rules_dialog(
        request,
        label,
        operation,
        [written(label, rule) for rule in shown]
        or [written(label, {"level": "own", "deny": False, "condition": None})],
    )


def rules_dialog(
    request: HttpRequest, label: str, operation: str, shown: list[dict[str, Any]], status: int = 200
) -> HttpResponse:
    """Draw the rules, each with its condition in words or what is wrong with it."""
    entity = registry.find(label)
    context = {
        "entity": entity, "label": label, "operation": operation, "rules": shown, "levels": [(level, capfirst(str(LEVEL_LABELS[level]))) for level in LEVELS],
        "names": ", ".join(sorted(name for name, spec in entity.fields.items() if spec.stored)) if entity else "",
    }  # fmt: skip
    return render(request, "access/rules.html", context, status=status)


def written(label: str, rule: dict[str, Any]) -> dict[str, Any]:
    """A rule for the dialog: its condition as text and in words."""
    text = json.dumps(rule["condition"], ensure_ascii=False, indent=1) if rule.get("condition") else ""
    return rule | {"text": text} | checked(label, text)


def checked(label: str, text: str) -> dict[str, Any]:
    """A condition that was typed: parsed and in words, or the error."""
    if not text.strip():
        return {"condition": None, "words": "", "error": ""}
    entity = registry.find(label)
    if entity is None:
        return {"condition": None, "words": "", "error": _("A condition needs one kind of record.")}
    try:
        condition = json.loads(text)
        if not isinstance(condition, dict):
            return {"condition": None, "words": "", "error": _("A filter is an object with all, any, none or field.")}
        node = from_json(condition)
        compile_filter(entity, node, SYSTEM)
    except (ValueError, RecursionError):
        return {"condition": None, "words": "", "error": _("This is no JSON.")}
    except BadFilter as error:
        return {"condition": None, "words": "", "error": error.message}
    return {"condition": condition, "words": in_words(entity, node, {}), "error": ""}


@guarded
@require_POST
def set_rules(request: HttpRequest) -> HttpResponse:
    """Check the dialog; the page then puts the rules into its cell. Nothing is stored yet."""
    access.require(actor_of(request), role_entity(), "edit")
    label, operation = request.POST.get("entity", ""), request.POST.get("operation", "")
    found = typed_rules(request, label)
    button = request.POST.get("do", "")
    if button == "add" and len(found) < matrix_save.MOST:
        found.append(written(label, {"level": "own", "deny": False, "condition": None}))
    elif button.startswith("drop:") and button[5:].isdecimal():
        found = [rule for at, rule in enumerate(found) if at != int(button[5:])]
    bad = any(rule["error"] for rule in found)
    if button or bad:
        return rules_dialog(request, label, operation, found, 422 if bad and not button else 200)
    plain = [{"level": rule["level"], "deny": rule["deny"], "condition": rule["condition"]} for rule in found]
    return trigger(closing(), **{"rule-set": {"key": f"{label}:{operation}", "rules": plain}})


def typed_rules(request: HttpRequest, label: str) -> list[dict[str, Any]]:
    """The rules as typed in the dialog."""
    found = []
    for at in range(matrix_save.MOST):
        level = request.POST.get(f"level-{at}")
        if level is None:
            break
        if level not in LEVELS:
            raise Refused({f"level-{at}": [_("Choose one of the levels: %(levels)s.") % {"levels": ", ".join(LEVELS)}]})
        text = request.POST.get(f"condition-{at}", "")
        found.append({"level": level, "deny": f"deny-{at}" in request.POST, "text": text} | checked(label, text))
    return found


# --- why --------------------------------------------------------------------------------------------------------------


@guarded
@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    """Why a user may or may not do something: a page of its own, and the answer beside the matrix."""
    actor = actor_of(request)
    access.require(actor, role_entity(), "edit")
    context = explanation(actor, request.GET)
    whole = request.headers.get("HX-Request") is None
    return render(request, "access/explain.html" if whole else "access/explained.html", context)


def explanation(actor: Actor, asked: Any) -> dict[str, Any]:
    """The question as understood, and the answer when it is complete."""
    kinds = [entity for entity in registry if not entity.access.faces]
    entity = registry.find(asked.get("entity", ""))
    operation = asked.get("operation", "") or "view"
    context: dict[str, Any] = {
        "kinds": kinds,
        "entity": entity,
        "operation": operation,
        "operations": operations(entity),
        "field": asked.get("field", ""),
    }
    if not asked.get("user") or entity is None:
        return context
    user = access.fetch(registry.get("access.user"), actor, asked["user"])
    record = access.fetch(entity, actor, asked["record"]) if asked.get("record") else None
    field = asked.get("field", "")
    if (field and field not in entity.fields) or operation not in dict(operations(entity)):
        raise Missing(entity.label, field or operation)
    subject = access.actor_of(user.pk)
    verdict, reasons = explain_right(subject, entity, operation, record, field)
    return context | {
        "user": user,
        "record": record,
        "verdict": verdict,
        "reasons": reasons,
        "operation_label": dict(operations(entity))[operation],
    }


def operations(entity: Entity | None) -> list[tuple[str, Any]]:
    """Operations and actions of a kind of record, with labels."""
    return [
        *OPERATION_LABELS.items(),
        *((action.name, action.label) for action in (entity.actions if entity else ()) if not action.right),
    ]
