"""Many clients take records from one pool at the same time."""
