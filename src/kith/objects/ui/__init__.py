"""Pages of distribution."""
