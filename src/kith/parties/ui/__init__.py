"""Pages of parties that are more than a record."""
