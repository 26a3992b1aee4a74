"""Why a delivered file, or one of its bars, is not used: every code, declared once for intake, page and tests.

Further codes for rows follow from the tables' contracts: see `pipelines.rules`.
"""

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """A reason code; one that is `overridable` may be set aside for a file or rows released from quarantine."""

    code: str
    meaning: str
    overridable: bool = False


FILE_REASONS = (
    Reason("empty-file", "The file has no bytes."),
    Reason("unknown-format", "Neither its first bytes nor its name say Parquet (.parquet) or CSV (.csv, .csv.gz)."),
    Reason("not-parquet", "It is named .parquet and does not begin as a Parquet file does."),
    Reason("html-page", "It is a web page: what a server sends in place of a file."),
    Reason("json-document", "It is a JSON document: what a provider sends in place of a table."),
    Reason("archive", "It is an archive or a spreadsheet; unpack it, or save it as CSV."),
    Reason("encrypted", "It is Parquet with an encrypted footer."),
    Reason("too-short", "It is shorter than any Parquet file: the magic, and no footer."),
    Reason(
        "truncated",
        "Its end is missing: Parquet's closing magic, the end of the gzip stream, or the newline after the last line.",
        overridable=True,
    ),
    Reason("unreadable-footer", "It begins and ends as Parquet does, and its footer can't be read."),
    Reason("unreadable-rows", "Its rows can't be decoded: pages or blocks are damaged."),
    Reason("not-text", "It is named .csv and holds bytes that are no text in the declared encoding."),
    Reason("ragged-line", "A line has more or fewer fields than the header."),
    Reason("wrong-codec", "Its columns are compressed with something else than Snappy, Zstandard or nothing."),
    Reason("too-many-rows", "It declares more rows than are taken in at once."),
    Reason("too-many-columns", "It declares more columns than any file of bars has."),
    Reason("too-large", "It declares more bytes than are taken in at once, or more than its rows can need."),
    Reason("compression-bomb", "It unpacks to far more than prices ever do."),
    Reason("no-rows", "It has columns and no rows."),
    Reason("missing-column", "A column that there must be is missing."),
    Reason("extra-column", "It has a column that nothing declares.", overridable=True),
    Reason("repeated-column", "Two of its columns have the same name."),
    Reason("wrong-type", "A column is of another type than its meaning needs."),
    Reason("zoned-time", "Its times bear a zone, and no `time_zone` is declared that tells the exchange's day."),
    Reason("mixed-time-zones", "Its times are in several zones, or only some of them bear one."),
    Reason("no-symbol-in-name", "Its symbol should be in its name, and is not."),
    Reason("mixed-with-synthetic", "Its symbols are invented and the home's are not, or the reverse."),
    Reason("out-of-memory", "Decoding it needed more memory than it declared."),
    Reason("out-of-time", "Decoding it took longer than any file should."),
    Reason("decoder-crashed", "The process that decoded it died."),
)
FILE_REASON = {reason.code: reason for reason in FILE_REASONS}

JUMP = 10.0  # a price against the close before it
SETTLED_AFTER = 20  # bars that stay at a new level make it a level, and no slip of the decimal point

SYMBOL_PATTERN = r"^[!-~]{1,32}$"

MALFORMED_SYMBOL = Reason("malformed-symbol", "The symbol is not 1 to 32 printable ASCII characters without a space.")
UNKNOWN_SYMBOL = Reason("unknown-symbol", "The symbol is not in the declared universe.", overridable=True)
NOT_A_SESSION = Reason("not-a-session", "The symbol's exchange did not trade on that day.", overridable=True)
SESSION_NOT_OVER = Reason("session-not-over", "The session had not ended when the row came.")
PRICE_JUMP = Reason(
    "price-jump",
    f"A price is {JUMP:g} times the close before it or more, or a {JUMP:g}th or less; no split explains it, and fewer "
    f"than {SETTLED_AFTER} later bars of the same delivery stay there.",
    overridable=True,
)
BAR_REASONS = (UNKNOWN_SYMBOL, NOT_A_SESSION, SESSION_NOT_OVER, PRICE_JUMP)


class Refused(ValueError):
    """A file that can't be used as a whole; `code` is one of `FILE_REASONS`, the message says what was found."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = FILE_REASON[code].code
