"""How well Kith finds what is the same, measured on labelled data."""
