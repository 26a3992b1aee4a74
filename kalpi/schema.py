"""A look at a file before it is copied into landing: what the pipeline would refuse as a whole is refused here."""

from pathlib import Path

from kalpi.errors import Refusal, refusing
from pipelines import declaration, delivery
from pipelines.decoder import Decoder
from pipelines.reasons import Refused
from warehouse.home import Home


def look_at(path: Path, home: Home) -> None:
    """Refuse a file that is none, or that its metadata already shows to be unusable.

    Raises:
        Refusal: names what is missing and what is needed.
    """
    if not path.is_file():
        raise Refusal(f"{path} is no file")
    if path.name.startswith(".") or path.suffix in {".part", ".tmp"}:
        raise Refusal(f"{path} bears the name of an unfinished file; rename it")
    with refusing(declaration.BadDeclaration), Decoder() as decoder:
        try:
            delivery.plan(path, declaration.load(home), decoder)
        except Refused as ex:
            raise Refusal(f"{path}: {ex} ({ex.code})") from ex
