"""Dagster: what is taken in, checked, derived and published, and when."""
