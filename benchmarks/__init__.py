"""Kalpi against its peers, each pair measured in one run, printed as ratios: `make bench`."""
