"""Runs Kith: a small supervisor with the web server, the worker and the database under it."""
