"""Measurements of docmill, and of its peers beside it."""
