"""Proofs of import and export."""
