"""Cyrillic to Latin by the schemes people meet in passports, on maps and in foreign papers."""

from functools import lru_cache

_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў"
_ROWS = {
    # ICAO 9303, Russian passports since 2014
    "passport": "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia i i ie g u",
    # BGN/PCGN, the English press
    "bgn": "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i yi ye g w",
    # GOST 7.79-2000 system B
    "gost": "a b v g d e yo zh z i j k l m n o p r s t u f x cz ch sh shh - y - e yu ya i yi ye g w",
    # Duden, the German press
    "german": "a b w g d e jo sch s i i k l m n o p r s t u f ch z tsch sch schtsch - y - e ju ja i ji je g u",
    "polish": "a b w g d ie io ż z i j k l m n o p r s t u f ch c cz sz szcz - y - e iu ia i ji je g u",
    "french": "a b v g d e io j z i i k l m n o p r s t ou f kh ts tch ch chtch - y - e iou ia i i ie g ou",
    # Ukrainian passports, resolution 55 of 2010
    "ukrainian": "a b v h d e e zh z y i k l m n o p r s t u f kh ts ch sh shch - y - e iu ia i i ie g u",
}
SCHEMES = tuple(_ROWS)
_TABLES = {
    scheme: str.maketrans(
        {letter: "" if latin == "-" else latin for letter, latin in zip(_LETTERS, row.split(), strict=True)}
    )
    for scheme, row in _ROWS.items()
}


@lru_cache(maxsize=10_000)
def romanise(text: str, scheme: str = "bgn") -> str:
    """Return the text in lower case with its Cyrillic letters in Latin.

    `scheme` is one of SCHEMES; an unknown one raises KeyError. Other letters stay.
    """
    return text.lower().translate(_TABLES[scheme])


def romanisations(text: str) -> tuple[str, ...]:
    """Return the different Latin spellings of a Cyrillic text, the most usual first."""
    return tuple(dict.fromkeys(romanise(text, scheme) for scheme in ("bgn", *SCHEMES)))
