"""Helpers of tests: actors, content hashes, query baselines, a noun declared for a test, the laws as checks."""
