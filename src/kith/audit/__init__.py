"""Who did what, when and through what."""
