"""`python -m kalpi` is the same as `kalpi`."""

from kalpi.cli import app

app()
