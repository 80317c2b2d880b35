"""The permission matrix: every kind of record x surface x operation x person x relation to the row x class of field, against an oracle."""
