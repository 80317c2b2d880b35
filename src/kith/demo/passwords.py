"""The one password of all demo users: made at random with the demo, shown by `kith demo` only."""

import secrets

WORDS = (
    "amber", "anchor", "arc", "beacon", "bolt", "bridge", "caliper", "canal", "cedar", "clock", "cobalt", "compass", "copper", "coral", "crane", "delta", "ember", "falcon", "fjord", "gauge", "granite",
    "harbor", "hazel", "iris", "ivory", "jade", "kestrel", "lantern", "lens", "linen", "lumen", "maple", "marble", "mast", "meadow", "meter", "mica", "nickel", "north", "oak", "onyx", "optic", "orbit",
    "pearl", "pier", "pilot", "pine", "prism", "quartz", "quay", "raven", "reed", "ridge", "river", "ruby", "sail", "scale", "silver", "slate", "sonar", "spruce", "steel", "topaz", "valve", "willow",
)  # fmt: skip


def new() -> str:
    """Four words and a number, easy to type."""
    while True:
        password = "-".join([*(secrets.choice(WORDS) for _word in range(3)), str(secrets.randbelow(90) + 10)])
        if len(password) >= 14:
            return password
