"""Merging records that are one and the same, and taking that apart again at any later time (R30-R35, N1).

`merge.py` does it: who may, who survives, in which order. `moving.py` gives everything that is linked to the survivor,
found in the registry. `filling.py` says what the survivor holds afterwards. `unmerge.py` is the undo of such a change-set.
`leading.py` knows where the id of a merged record leads. `merged.py` is the table of what was merged into what.
"""
