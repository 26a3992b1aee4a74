"""Who comes too often: counted by network address before anybody is known, and by account where passwords are tried."""

from api.gate.address import Proxies
from api.gate.gate import Gate
from api.gate.logins import Attempt

__all__ = ["Attempt", "Gate", "Proxies"]
