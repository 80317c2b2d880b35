"""Commands of the launcher: one module per word after `kith`."""
