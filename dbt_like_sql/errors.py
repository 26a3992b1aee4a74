"""What can be wrong with the project."""


class ProjectError(ValueError):
    """A file of the project can't be used: the message names the file, what is wrong and what is known."""
