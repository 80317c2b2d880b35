"""Kept figures: counts and sums by group of reports and grouped lists that are marked as kept ready, held by the database (docs/decisions/037).

asking     what a report or a grouped list asks, as far as kept figures can answer it, and why others cannot
cubes      what is kept for such a question: groups and sums
texts      what the database runs: differences of each write, all figures anew, the relation that readers ask
building   the job: triggers, figures of the rows that are there, folding, what nobody wants any more
reading    who is answered from them, and how
checking   kept figures beside the rows
"""
