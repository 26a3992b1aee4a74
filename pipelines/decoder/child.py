"""The child that decodes: asked on standard input, answering on standard output, under limits of its own.

It holds no secret and opens nothing but the file it is asked about and the target it is given.
"""

import errno
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import pyarrow as pa

from pipelines.decoder import delimited, formats, parquet
from pipelines.decoder.messages import (
    Answer,
    Failed,
    Limits,
    Look,
    Question,
    Read,
    Rejected,
    Written,
)
from pipelines.reasons import Refused


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library's print is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        answers.write(msgspec.json.encode(answer(msgspec.json.decode(line, type=Question))) + b"\n")


def answer(question: Question) -> Answer:
    """Do what is asked, or say why it can't be done."""
    try:
        contain(question.limits)
        if isinstance(question, Look):
            return _look(question)
        return Written(_write(Path(question.target), _rows(question)))
    except Refused as ex:
        return Rejected(ex.code, str(ex))
    except MemoryError as ex:
        return Rejected("out-of-memory", f"decoding needed more than {question.limits.memory} bytes: {ex}")
    except OSError as ex:
        if ex.errno == errno.EFBIG:
            return Rejected("too-large", f"what it holds is more than {2 * question.limits.bytes} bytes")
        return Failed(ex.errno or 0, str(ex))


def contain(limits: Limits) -> None:
    """Limit what the next answer may use: memory, processor time, and the size of any file written."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _limit(resource.RLIMIT_CPU, used + limits.cpu_seconds)
    _limit(resource.RLIMIT_FSIZE, 2 * limits.bytes)
    with suppress(ValueError):  # macOS knows the limit and does not take it
        _limit(resource.RLIMIT_AS, psutil.Process().memory_info().vms + limits.memory)


def _limit(which: int, soft: int) -> None:
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _look(question: Look) -> Answer:
    path = Path(question.path)
    format_ = formats.tell(path)
    if format_ == "parquet":
        return parquet.look(path, question.limits)
    return delimited.look(path, question.form, question.limits, packed=format_ == "gzip")


def _rows(question: Read) -> Iterator[pa.RecordBatch]:
    path = Path(question.path)
    format_ = formats.tell(path)
    if format_ == "parquet":
        return parquet.read(path, question.limits, question.columns)
    return delimited.read(path, question.form, question.limits, question.columns, packed=format_ == "gzip")


def _write(target: Path, batches: Iterator[pa.RecordBatch]) -> int:
    """Write batches as an Arrow file; return how many rows there were."""
    rows = 0
    writer = None
    with pa.OSFile(str(target), "wb") as sink:
        for batch in batches:
            writer = writer or pa.ipc.new_file(sink, batch.schema)
            writer.write_batch(batch)
            rows += batch.num_rows
        if writer:
            writer.close()
    return rows


if __name__ == "__main__":
    main()
