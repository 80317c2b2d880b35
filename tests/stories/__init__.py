"""Whole stories, from the first click to the last, in every language and over the API."""
