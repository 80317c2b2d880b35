"""The people and companies the company works with."""
