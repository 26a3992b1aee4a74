"""The front door: the `kalpi` command, and the embedded servers that it starts when none are configured."""
