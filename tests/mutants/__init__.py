"""Whether the proofs of rights would notice: each rule of the access code is broken in turn."""
