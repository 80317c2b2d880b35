"""Kinds of record that people make in the browser: their declaration as data, their rows in one table."""
