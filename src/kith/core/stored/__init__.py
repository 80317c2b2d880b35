"""Stored roll-ups: values of roll-up fields that are often filtered, kept by the database beside the records (docs/decisions/032).

storable   which roll-ups can be kept, and why others cannot
texts      what the database runs: whom a write touches, and the values of these records
building   the job: triggers, values of the rows that are there, what nobody wants any more
reading    values, conditions and orders of kept roll-ups
checking   a sample of them beside the truth
"""
