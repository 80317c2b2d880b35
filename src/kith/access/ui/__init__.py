"""Pages of sign-in, profile, rights and tokens."""
