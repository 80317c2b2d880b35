"""The framework: every surface of every noun, derived from its declaration."""
