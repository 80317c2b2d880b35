"""How fast the ledger is sealed and verified."""
