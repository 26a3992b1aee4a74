"""The reference pages under docs/, written from what the code declares: `python -m kalpi.reference [--check]`."""
