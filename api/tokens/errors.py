"""What can be wrong with a token."""


class InvalidToken(Exception):
    """It lets nobody in. `why` is for our log alone: who forges tokens must learn nothing from the answers."""

    def __init__(self, why: str) -> None:
        super().__init__("the access token is not valid, or not any more; POST /v1/auth/token gives a new one")
        self.why = why


EXPIRED = "expired"
"""Why a token is not valid that was a good one: all others are."""
