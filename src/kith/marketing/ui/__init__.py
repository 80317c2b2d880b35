"""Pages of marketing: sharing out a target list, the own queue of prospects."""
