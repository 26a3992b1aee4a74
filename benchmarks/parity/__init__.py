"""Every indicator against other implementations on the same bars: `make parity` writes docs/parity.md."""
