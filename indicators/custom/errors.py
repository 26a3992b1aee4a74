"""What is wrong with a file that declares an indicator."""


class BadFormula(ValueError):
    """A declaration that can't be used: where it stands, what is wrong, what is allowed."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason
