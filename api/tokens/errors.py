"""What can be wrong with a token."""


class InvalidToken(Exception):
    """It lets nobody in. Why is not told: who forges tokens must learn nothing from the answers."""

    def __init__(self) -> None:
        super().__init__("the access token is not valid, or not any more; POST /v1/auth/token gives a new one")
