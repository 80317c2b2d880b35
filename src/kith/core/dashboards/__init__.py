"""Dashboards: tiles over saved views, each answered with the rights of whoever looks.

`tiles` says what a tile is, `checking` what is wrong with some, `bar` is the filter over all of them, `answers` works
one out, `figures` a number with its difference, `regions` the table of regions, `opening` tells which opens first.
"""
