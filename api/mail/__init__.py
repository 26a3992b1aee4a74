"""Letters to who has an account, and the ways they are sent."""

from api.mail.outbox import Outbox
from api.mail.sender import Console, Sender, Smtp

__all__ = ["Console", "Outbox", "Sender", "Smtp"]
