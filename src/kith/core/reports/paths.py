"""Field paths of a report ("company.industry"): resolved with the reader's rights on every hop (R160)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, When
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import access, asof
from kith.core.entity import registry
from kith.core.filters import MAX_HOPS, BadFilter
from kith.core.specs import LinkSpec

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity, Related
    from kith.core.specs import FieldSpec


EVERYWHERE = Q()


@dataclass(frozen=True, slots=True)
class Path:
    """A field at the end of a path; `seen` is when the records on the way may be read, `prefix` the way in the ORM.

    Of a list of related records (the product lines of a deal) `items` are all values, as an array.
    """

    name: str
    spec: "FieldSpec"
    label: str
    prefix: str = ""
    seen: Q = EVERYWHERE
    items: Any = None

    @property
    def is_related(self) -> bool:
        """Whether the field is one of another record."""
        return bool(self.prefix)

    @property
    def is_list(self) -> bool:
        """Whether a record has any number of values."""
        return self.items is not None

    def guarded(self, expression: Any) -> Any:
        """The expression where the records on the way may be read, nothing elsewhere."""
        return Case(When(self.seen, then=expression)) if self.seen else expression


def resolve(entity: "Entity", name: str, actor: "Actor", operation: str = "view") -> Path:
    """The field at the end of a path; raises BadFilter for what does not exist or may not be read."""
    here, prefix, seen, labels = entity, "", Q(), list[str]()
    *links, last = name.split(".")
    related = next((item for item in entity.relations if links and item.key == links[0]), None)
    if related is not None:
        return listed(entity, related, name, actor, operation)
    if len(links) > MAX_HOPS:
        raise BadFilter(
            _("“%(field)s” goes over too many links; at most %(limit)d.") % {"field": name, "limit": MAX_HOPS}
        )
    for step in links:
        link = field_of(here, step, actor)
        if not isinstance(link, LinkSpec):
            raise BadFilter(_("“%(field)s” is no link; nothing can follow its dot.") % {"field": step})
        labels.append(capfirst(str(link.label)))
        here = registry.get(link.target)
        seen &= visible(here, f"{prefix}{link.name}", actor, operation)
        prefix += f"{link.name}__"
    spec = field_of(here, last, actor)
    return Path(name, spec, " › ".join([*labels, capfirst(str(spec.label))]), prefix, seen)


def listed(entity: "Entity", related: "Related", name: str, actor: "Actor", operation: str) -> Path:
    """A field of the records of a related list: "opportunityline-opportunity.product" of a deal, as the filter language has it."""
    other = registry.get(related.entity)
    if related.link not in access.readable(actor, other):
        raise BadFilter(_("“%(field)s” is no field to report on.") % {"field": name})
    inner = resolve(other, name.partition(".")[2], actor, operation)
    if inner.is_list:
        raise BadFilter(
            _("“%(field)s” goes over a list twice; use a report of %(what)s.") % {"field": name, "what": other.plural}
        )
    rows = (
        asof.spoken_of(other, actor, operation).filter(**{other.fields[related.link].path: OuterRef("pk")}).order_by()
    )
    value = inner.guarded(inner.spec.expression(inner.prefix))
    values = rows.annotate(report_item=value).exclude(report_item=None).values("report_item").distinct()
    label = " › ".join([str(related.title or capfirst(str(other.plural))), inner.label])
    return Path(name, inner.spec, label, items=ArraySubquery(values))


def visible(target: "Entity", link: str, actor: "Actor", operation: str = "view") -> Q:
    """Whether the record that a link leads to may be read (or exported); the same rows as the filter language reaches over a dot."""
    if access.predicate(target, actor, operation):
        return Q(**{f"{link}_id__in": asof.spoken_of(target, actor, operation).order_by().values("pk")})
    return Q(
        **{f"{link}__deleted_at__isnull": True}, **{f"{link}__{name}": value for name, value in target.face.items()}
    )


def field_of(entity: "Entity", name: str, actor: "Actor") -> "FieldSpec":
    """A field that the reader may read; raises BadFilter with the valid ones."""
    readable = access.readable(actor, entity)
    spec = entity.fields.get(name)
    if spec is None or name not in readable:
        valid = ", ".join(sorted(field for field in readable if entity.fields[field].stored))
        raise BadFilter(
            _("“%(field)s” is no field to report on; there are: %(valid)s.") % {"field": name, "valid": valid}
        )
    return spec
