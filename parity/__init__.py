"""Every indicator against other implementations on the same bars; `python -m parity` writes docs/parity.md."""
