"""Twelve Data's routes. Time series, indicators, quotes and lists, in its shapes, with proper status codes."""
