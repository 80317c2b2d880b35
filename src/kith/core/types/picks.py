"""Kinds of picking: choices, links to records, tags, lists of words, references to any record."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.utils.translation import gettext_lazy as _

from ..errors import BadValue
from .base import CHOICE_OPS, FieldType, tidy, wrong

if TYPE_CHECKING:
    from ..specs import FieldSpec

MAX_LIST = 200


class Ref(NamedTuple):
    """A reference to one record of any entity: its label and id."""

    entity: str
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.entity}/{self.id}"


def as_uuid(value: Any) -> uuid.UUID:
    """A record id, or raise BadValue."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise wrong(_("the id of a record")) from None


class Choice(FieldType):
    """One of a fixed list, each with a hue."""

    name = "choice"
    ops = CHOICE_OPS

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if value not in (keys := [key for key, _label in spec.choices]):
            raise BadValue(_("Not one of the choices; valid are: %(valid)s.") % {"valid": ", ".join(keys)})
        return str(value)

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        tidied = tidy(text, 200)
        if tidied is None:
            return None
        wanted = tidied.casefold()
        for key, label in spec.choices:
            if wanted in (key.casefold(), str(label).casefold()):
                return key
        raise BadValue(
            _("Not one of the choices; valid are: %(valid)s.")
            % {"valid": ", ".join(str(label) for _key, label in spec.choices)}
        )

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return str(dict(spec.choices).get(value, value or ""))


class LinkType(FieldType):
    """A link to one record of `spec.target`; the value is its id. Whether it exists and may be read is checked by writes."""

    name = "link"
    ops = CHOICE_OPS
    names_records = True
    schema = {"type": "string", "format": "uuid"}
    bag_cast = "uuid"

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None or value == "" else as_uuid(value)

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None else str(value)

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return None if raw is None else uuid.UUID(raw)


class Tags(LinkType):
    """Any number of tags, by id."""

    name = "tags"
    ops = ("has", "has_not", "empty", "filled")
    sortable = False
    schema = {"type": "array", "items": {"type": "string", "format": "uuid"}}
    given = schema | {"maxItems": MAX_LIST}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return []
        if not isinstance(value, list | tuple) or len(value) > MAX_LIST:
            raise wrong(_("a list of ids"))
        return list(dict.fromkeys(as_uuid(item) for item in value))

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        return self.clean([part for part in text.replace(",", " ").split() if part], spec)

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return [str(item) for item in value or ()]

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return [uuid.UUID(item) for item in raw or ()]


class Words(FieldType):
    """A list of short texts, such as external ids."""

    name = "words"
    ops: ClassVar[tuple[str, ...]] = ("has", "empty", "filled")
    sortable = False
    schema = {"type": "array", "items": {"type": "string"}}
    given = {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": MAX_LIST}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return []
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise wrong(_("a list of texts"))
        if len(value) > MAX_LIST:
            raise BadValue(_("Too many values; at most %(limit)d.") % {"limit": MAX_LIST})
        return list(dict.fromkeys(item for item in (tidy(part, 200) for part in value) if item))

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        return self.clean(text.replace("\n", ",").split(","), spec)

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return list(value or ())

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return list(raw or ())

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return ", ".join(value or ())


class Choices(Words):
    """Any number of a fixed list."""

    name = "choices"
    ops = ("has", "has_not", "empty", "filled")

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        items = super().clean(value, spec)
        return [TYPES_CHOICE.clean(item, spec) for item in items]

    def parse(self, text: str, spec: "FieldSpec") -> Any:
        return list(
            dict.fromkeys(TYPES_CHOICE.parse(part, spec) for part in text.replace(";", ",").split(",") if part.strip())
        )

    def text(self, value: Any, spec: "FieldSpec") -> str:
        return ", ".join(TYPES_CHOICE.text(item, spec) for item in value or ())


TYPES_CHOICE = Choice()


class RefType(FieldType):
    """A reference to a record of any entity; JSON: {"entity": "parties.company", "id": "…"}."""

    name = "ref"
    ops = ("any", "empty", "filled")
    names_records = True
    sortable = False
    schema = {
        "type": "object",
        "required": ["entity", "id"],
        "properties": {"entity": {"type": "string"}, "id": {"type": "string", "format": "uuid"}},
    }
    given = schema | {"type": ["object", "string"], "additionalProperties": False}

    def clean(self, value: Any, spec: "FieldSpec") -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            entity, _slash, key = value.partition("/")
            value = {"entity": entity, "id": key}
        if isinstance(value, Ref):
            return value
        if not isinstance(value, dict) or set(value) != {"entity", "id"} or not isinstance(value["entity"], str):
            raise wrong(_("an entity and an id"))
        return Ref(value["entity"].lower(), as_uuid(value["id"]))

    def dump(self, value: Any, spec: "FieldSpec") -> Any:
        return None if value is None else {"entity": value.entity, "id": str(value.id)}

    def load(self, raw: Any, spec: "FieldSpec") -> Any:
        return None if raw is None else Ref(raw["entity"], uuid.UUID(raw["id"]))
