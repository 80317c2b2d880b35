"""Imports of real files that nobody tuned for Kith; they run where ../shared/data lies beside the project."""
