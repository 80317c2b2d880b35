"""The checklist of a task: a list of texts, each done or not."""

from typing import Any

from django.utils.translation import gettext_lazy as _

MOST, LONGEST = 100, 500


def validate(values: dict[str, Any]) -> dict[str, list[Any]]:
    """Each step is {"text": "…", "done": false}."""
    steps = values.get("checklist")
    if steps is None:
        return {}
    if not isinstance(steps, list) or len(steps) > MOST or not all(map(is_step, steps)):
        return {
            "checklist": [
                _(
                    'A checklist is a list of at most %(most)d steps, each written {"text": "…", "done": false} with up to %(longest)d characters.'
                )
                % {"most": MOST, "longest": LONGEST}
            ]
        }
    return {}


def is_step(step: Any) -> bool:
    """Whether this is one step of a checklist."""
    return (
        isinstance(step, dict) and step.keys() <= {"text", "done"} and isinstance(step.get("done", False), bool)
        and isinstance(step.get("text"), str) and 0 < len(step["text"].strip()) <= LONGEST
    )  # fmt: skip
