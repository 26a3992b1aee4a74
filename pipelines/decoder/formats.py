"""What a file is, by its first bytes and its name."""

from pathlib import Path
from typing import Literal

from pipelines.reasons import Refused

Format = Literal["parquet", "csv", "gzip"]
PARQUET_MAGIC = b"PAR1"
GZIP_MAGIC = b"\x1f\x8b"
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd", b"Rar!")
_HEAD = 512
CSV_NAMES = (".csv", ".csv.gz", ".txt", ".tsv")
PARQUET_NAMES = (".parquet", ".pq")


def tell(path: Path) -> Format:
    """Return a file's format.

    Raises:
        Refused: empty-file, encrypted, archive, html-page, json-document, not-parquet, not-text or unknown-format.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise Refused("empty-file", "the file has no bytes")
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    _refuse_stand_ins(head)
    if path.name.lower().endswith(PARQUET_NAMES):
        raise Refused("not-parquet", "the file does not begin as a Parquet file does")
    if not path.name.lower().endswith(CSV_NAMES):
        raise Refused("unknown-format", f"neither Parquet nor CSV; names end in {', '.join(PARQUET_NAMES + CSV_NAMES)}")
    if b"\0" in head:
        raise Refused("not-text", "the file is named as CSV and holds zero bytes")
    return "csv"


def _refuse_stand_ins(head: bytes) -> None:
    if head.startswith(b"PARE"):
        raise Refused("encrypted", "the footer is encrypted")
    if head.startswith(_ARCHIVES):
        raise Refused("archive", "an archive or a spreadsheet; only Parquet, CSV and gzipped CSV are taken in")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise Refused("html-page", f"a page, not a table; it begins {text[:60].decode('utf8', 'replace')!r}")
    if text.startswith((b"{", b"[")):
        raise Refused("json-document", f"a document, not a table; it begins {text[:200].decode('utf8', 'replace')!r}")
