"""Proofs of the promises: declared in one list, run by `kith prove`, their last results kept in docs/proof.md."""
