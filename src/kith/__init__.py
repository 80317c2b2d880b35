"""Kith: customer relationship management for a whole company."""

__version__ = "0.1.0"
