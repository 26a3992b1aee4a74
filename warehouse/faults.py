"""Faults of the machine, not of what it was asked to do: a full disk, a broken one, too little memory."""

import duckdb

PASSING: tuple[type[Exception], ...] = (OSError, MemoryError, duckdb.IOException, duckdb.OutOfMemoryException)
"""What may pass by itself: worth another try."""
