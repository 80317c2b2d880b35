"""Problem: what is wrong with an input, as an identifier that a surface turns into words."""


class Problem(ValueError):
    """An input that cannot be accepted.

    `key` is one of KEYS and is translated in `texts.MESSAGES`; `params` fill the placeholders
    of that text. The surface adds the name of the field.
    """

    KEYS = (
        "text_nul",
        "text_surrogate",
        "bad_email",
        "bad_web_address",
        "phone_query_short",
        "unknown_country",
    )

    def __init__(self, key: str, **params: object) -> None:
        if key not in self.KEYS:
            raise AssertionError(f"{key} is not declared in Problem.KEYS")
        super().__init__(key)
        self.key = key
        self.params = params
