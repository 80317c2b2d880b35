"""The page of a role's permissions: matrix, fields, rules of one cell, what-if, all saved at once."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.access import lockout, looking, matrix, matrix_save, then, whatif
from kith.access.matrix import RuleData
from kith.core import access, asof, past
from kith.core.access import LEVEL_LABELS, LEVELS, SYSTEM, Actor
from kith.core.conditions import check
from kith.core.entity import OPERATION_LABELS, Entity, registry
from kith.core.errors import Conflict, KithError, Missing, Refused
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.past import Past
from kith.core.specs import FieldSpec
from kith.core.types import TYPES
from kith.core.ui import condition_editor, errors, past_bar
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, go, into, trigger
from kith.core.why import explain as explain_right

#: A rule that has just been added.
NEW: RuleData = {"level": "own", "deny": False, "condition": None}
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
    if "seen" not in request.POST and (found := alarming(actor, role, cells, fields)) is not None:
        return second_look(request, role, found)
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


def alarming(actor: Actor, role: Any, cells: matrix_save.Cells, fields: matrix_save.Fields) -> dict[str, Any] | None:
    """What somebody should see before it is saved; None where there is nothing, or where saving will say what is wrong."""
    try:
        return looking.alarming(actor, lambda: matrix_save.save(actor, role, cells, fields))
    except KithError:
        return None


def second_look(request: HttpRequest, role: Any, found: dict[str, Any]) -> HttpResponse:
    """The dialog with who comes to see sensitive fields, or nothing any more."""
    kept = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context = found | {
        "title": _("Save “%(name)s”?") % {"name": role.name},
        "submit": _("Save all the same"),
        "address": f"/roles/{role.pk}/permissions",
        "posted": kept,
    }
    return into(render(request, "access/whatif_confirm.html", context, status=409), "#modal", "innerHTML")


@guarded
@require_POST
def preview(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Who would gain and lose what, if the form were saved."""
    actor = actor_of(request)
    role = access.fetch(role_entity(), actor, key, "edit")
    cells, fields = posted(request)

    outcome = whatif.compare(actor, lambda: matrix_save.save(actor, role, cells, fields))
    return render(request, "access/whatif.html", looking.context(outcome))


# --- the rules of one cell --------------------------------------------------------------------------------------------


@guarded
@require_POST
def rules(request: HttpRequest) -> HttpResponse:
    """The dialog with all rules of one cell."""
    actor = actor_of(request)
    access.require(actor, role_entity(), "edit")
    label, operation = request.POST.get("entity", ""), request.POST.get("operation", "")
    found = matrix_save.read_rules("rules", request.POST.get("rules", "[]")) or [NEW]
    return rules_dialog(
        request, label, operation, [written(label, at, dict(rule), actor) for at, rule in enumerate(found)]
    )


def rules_dialog(
    request: HttpRequest, label: str, operation: str, shown: list[dict[str, Any]], status: int = 200
) -> HttpResponse:
    """Draw the rules, each with its condition and what is wrong with it."""
    levels = [(level, capfirst(str(LEVEL_LABELS[level]))) for level in LEVELS]
    context = {"entity": registry.find(label), "label": label, "operation": operation, "rules": shown, "levels": levels}
    return render(request, "access/rules.html", context, status=status)


def written(label: str, at: int, rule: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """A rule for the dialog, with the editor of its condition."""
    spec = condition_of(label, at)
    return rule | {"spec": spec, "editor": condition_editor.of(spec, rule.get("condition"), actor, SYSTEM)}


def condition_of(label: str, at: int) -> FieldSpec:
    """The field of the dialog that holds the condition of a rule."""
    return FieldSpec(name=f"condition-{at}", label=_("Only where"), type=TYPES["condition"], target=label)


def checked(label: str, condition: Any) -> str:
    """What is wrong with a condition; empty when it can be asked. Roles may ask for fields that their writer does not see."""
    entity = registry.find(label)
    try:
        if entity is None:
            raise BadFilter(_("A condition needs one kind of record."))
        node = from_json(condition)
        check(node)
        compile_filter(entity, node, SYSTEM)
    except BadFilter as error:
        return str(error.message)
    return ""


@guarded
@require_POST
def condition_step(request: HttpRequest, at: int) -> HttpResponse:
    """The editor of a rule's condition after one step."""
    actor = actor_of(request)
    access.require(actor, role_entity(), "edit")
    label = request.POST.get("entity", "")
    if at >= matrix_save.MOST or registry.find(label) is None:
        raise Missing(label, str(at))
    return condition_editor.answer(
        request, condition_of(label, at), actor, f"/settings/rules/condition/{at}", asks=SYSTEM
    )


@guarded
@require_POST
def set_rules(request: HttpRequest) -> HttpResponse:
    """Check the dialog; the page then puts the rules into its cell. Nothing is stored yet."""
    actor = actor_of(request)
    access.require(actor, role_entity(), "edit")
    label, operation = request.POST.get("entity", ""), request.POST.get("operation", "")
    found, button = typed_rules(request, label), request.POST.get("do", "")
    if button == "add" and len(found) < matrix_save.MOST:
        found.append(NEW)
    elif button.startswith("drop:") and button[5:].isdecimal():
        found = [rule for at, rule in enumerate(found) if at != int(button[5:])]
    errors = [checked(label, rule["condition"]) if rule["condition"] else "" for rule in found]
    if button or any(errors):
        shown = [
            written(label, at, dict(rule), actor) | {"error": error}
            for at, (rule, error) in enumerate(zip(found, errors, strict=True))
        ]
        return rules_dialog(request, label, operation, shown, 200 if button else 422)
    return trigger(closing(), **{"rule-set": {"key": f"{label}:{operation}", "rules": found}})


def typed_rules(request: HttpRequest, label: str) -> list[RuleData]:
    """The rules as they stand in the dialog."""
    found: list[RuleData] = []
    for at in range(matrix_save.MOST):
        level = request.POST.get(f"level-{at}")
        if level is None:
            break
        if level not in LEVELS:
            raise Refused({f"level-{at}": [_("Choose one of the levels: %(levels)s.") % {"levels": ", ".join(LEVELS)}]})
        condition = condition_editor.posted(condition_of(label, at), request.POST)
        if not isinstance(condition, dict):
            raise Refused({f"condition-{at}": [_("This is no condition.")]})
        found.append({"level": level, "deny": f"deny-{at}" in request.POST, "condition": condition or None})
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
        "as_of": asked.get(past.NAME, "")[:40],
        "today": timezone.localdate().isoformat(),
    }
    if not asked.get("user") or entity is None:
        return context
    when = past.asked(asked)
    user = access.fetch(registry.get("access.user"), actor, asked["user"])
    record = fetched(entity, actor, asked["record"], when) if asked.get("record") else None
    field = asked.get("field", "")
    if (field and field not in entity.fields) or operation not in dict(operations(entity)):
        raise Missing(entity.label, field or operation)
    if when is None:
        verdict, reasons = explain_right(access.actor_of(user.pk), entity, operation, record, field)
    else:
        subject = then.at(when).actor(user.pk)
        with past.playing(when):
            verdict, reasons = explain_right(subject, entity, operation, record, field)
    return context | {
        "when": past_bar.words(when) if when else "",
        "user": user,
        "record": record,
        "verdict": verdict,
        "reasons": reasons,
        "operation_label": dict(operations(entity))[operation],
    }


def fetched(entity: Entity, actor: Actor, key: Any, when: Past | None) -> Any:
    """The record that is asked about; of the past one whose history may be seen."""
    return access.fetch(entity, actor, key) if when is None else asof.of_today(entity, actor, key)


def operations(entity: Entity | None) -> list[tuple[str, Any]]:
    """Operations and actions of a kind of record, with labels."""
    return [
        *OPERATION_LABELS.items(),
        *((action.name, action.label) for action in (entity.actions if entity else ()) if not action.right),
    ]
