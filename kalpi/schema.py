"""A look at a file before it is copied into landing: what the pipeline would refuse as a whole is refused here."""

from pathlib import Path

from kalpi.errors import Refusal
from pipelines import delivery


def look_at(path: Path) -> None:
    """Refuse a file that is none, is not Parquet, or lacks a column.

    Raises:
        Refusal: names what is missing and what is needed.
    """
    if not path.is_file():
        raise Refusal(f"{path} is no file")
    if path.name.startswith(".") or path.suffix in {".part", ".tmp"}:
        raise Refusal(f"{path} bears the name of an unfinished file; rename it")
    try:
        delivery.inspect(path)
    except delivery.Refused as ex:
        raise Refusal(f"{path}: {ex}") from ex
