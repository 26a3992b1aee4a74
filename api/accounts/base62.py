"""Random texts of letters and digits, and a checksum that finds a character missing or wrong."""

import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECKSUM_LENGTH = 6


def random_text(length: int) -> str:
    """Return text from the system's randomness: 5.95 bits a character."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def checksum(body: str) -> str:
    """Return the CRC-32 of a text, in six characters."""
    value, digits = zlib.crc32(body.encode()), ""
    while len(digits) < CHECKSUM_LENGTH:
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def checks(text: str) -> bool:
    """Whether a text ends with the checksum of what stands before it."""
    return text[-CHECKSUM_LENGTH:] == checksum(text[:-CHECKSUM_LENGTH])
