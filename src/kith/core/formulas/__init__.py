"""The language of formula fields: text -> tree (`reading`) -> typed terms that are SQL (`building`, `operators`, `functions`).

Nothing is evaluated in Python: a formula is an expression of the database, computed whenever it is read.
"""
