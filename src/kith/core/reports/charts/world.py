"""The countries of the world as tiles of one size, each about where it lies; drawn for Kith, ISO 3166 codes in a grid."""

GRID = """
-- -- -- -- -- -- -- GL -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
-- -- -- -- -- -- -- -- IS -- -- -- -- -- SE -- FI -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
-- -- CA -- -- -- -- -- -- -- -- -- NO -- -- -- EE -- -- -- -- -- -- RU -- -- -- -- -- -- -- --
-- -- -- -- -- -- -- -- -- -- -- -- DK -- -- LT LV -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
-- -- -- -- -- -- -- -- -- IE GB NL DE -- -- PL BY -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
-- -- -- -- -- -- -- -- -- -- -- BE LU AT CZ SK -- UA -- -- -- -- -- -- -- -- -- -- -- -- -- --
-- -- -- -- -- -- -- -- -- -- FR CH LI SI HR HU RO MD -- -- -- KZ -- -- -- MN -- -- -- -- -- --
-- -- -- -- -- -- -- -- -- -- -- -- MC SM BA RS -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
-- -- -- -- -- -- -- -- -- -- AD -- -- IT ME XK BG TR GE AZ UZ KG -- -- -- -- -- -- -- -- -- --
-- -- US -- -- -- -- -- -- PT ES -- -- VA -- AL MK CY SY AM TM TJ -- -- -- -- -- KP -- -- -- --
-- -- -- -- -- -- -- -- -- MA -- -- TN MT -- GR -- PS LB IQ IR AF -- -- -- CN -- KR JP -- -- --
-- -- -- -- BS PR -- -- EH -- DZ -- -- -- LY -- EG IL JO KW BH PK NP BT -- -- -- -- -- -- -- --
-- MX BZ CU DO KN AG -- MR -- -- -- -- -- -- -- -- -- SA QA AE -- IN BD MM MO HK TW -- -- -- --
-- GT HN JM HT DM LC CV SN ML -- -- NE -- TD -- -- SD ER YE OM -- -- -- LA VN -- -- -- -- -- --
-- -- SV NI GD VC BB GM GW GN BF BJ NG -- -- -- -- -- DJ -- -- -- -- -- TH KH PH -- -- -- -- --
-- -- CR PA VE TT GY SL LR CI GH TG GQ CM -- CF -- SS ET SO -- MV LK -- -- MY BN PW -- FM MH --
-- -- -- EC CO SR GF -- -- -- -- -- ST GA CG -- RW UG KE -- -- -- -- -- -- SG ID -- -- -- NR KI
-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- CD BI TZ -- -- SC -- -- -- -- -- -- TL -- PG SB TV
WS -- -- -- PE -- BR -- -- -- -- -- -- -- AO -- ZM MW -- KM -- -- -- -- -- -- -- -- -- -- VU --
TO -- -- -- -- BO PY -- -- -- -- -- -- -- NA BW ZW MZ -- MG MU -- -- -- -- -- -- -- -- -- NC FJ
-- -- -- -- CL -- UY -- -- -- -- -- -- -- -- ZA LS SZ -- -- -- -- -- -- -- -- -- -- AU -- -- --
-- -- -- -- -- AR -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- NZ --
"""
SEA = "--"
type Cell = tuple[int, int]

CELLS: dict[str, Cell] = {
    code: (x, y) for y, row in enumerate(GRID.split("\n")[1:-1]) for x, code in enumerate(row.split()) if code != SEA
}


def middle(codes: "frozenset[str] | set[str]") -> tuple[float, float] | None:
    """The place in the middle of some countries; None where none of them is on the map."""
    found = [CELLS[code] for code in codes if code in CELLS]
    if not found:
        return None
    return sum(x for x, _y in found) / len(found), sum(y for _x, y in found) / len(found)
