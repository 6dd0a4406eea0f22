"""Records from files, one at a time."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
from typing import IO, Any, Callable, Iterator, Sequence, Union

from ._program import Issue, SixDoFError
from ._types import Record

PathLike = Union[str, "os.PathLike[str]"]

_PACKED: "dict[bytes, Callable[[Any, Any], Any]]" = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}


def records(path: Union[PathLike, Sequence[PathLike]]) -> Iterator[Record]:
    """The records of a file that sixdof wrote: JSON Lines (packed by gzip, bzip2 or xz too), or LMDBs of `--layout records`,
    by a path, a pattern or a list of paths. Nothing is held but one record.

        yaws = [face["pose"]["rotation_vector"][1] for record in sixdof.records("a.jsonl") for face in record["faces"]
                if "pose" in face]

    Raises SixDoFError for a line that is no record, with its file and line.
    """
    from ._paths import expanded

    for file in expanded(path):
        if _is_lmdb(file):
            from ._datasets import RecordsDataset

            for sample in RecordsDataset(file):
                yield sample.record
        else:
            yield from _lines(file)


def _is_lmdb(path: str) -> bool:
    if os.path.isdir(path):
        return os.path.isfile(os.path.join(path, "data.mdb"))
    with _opened(path) as file:
        return file.read(20)[16:] == b"\xde\xc0\xef\xbe"


def _opened(path: str) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise SixDoFError(f"{path}: {error.strerror}", issues=[Issue(error.strerror or "", path)]) from None


def _lines(path: str) -> Iterator[Record]:
    with _opened(path) as file:
        head = file.read(6)
        file.seek(0)
        unpack = next((unpack for magic, unpack in _PACKED.items() if head.startswith(magic)), None)
        lines: Iterator[bytes] = iter(unpack(file, "rb") if unpack else file)
        number = 0
        while True:
            number += 1
            try:
                line = next(lines)
            except StopIteration:
                return
            except (OSError, EOFError, lzma.LZMAError) as error:
                raise _error(path, number, f"expected packed lines, found: {error}") from None
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise _error(path, number, f"expected a record in JSON, found: {error}") from None
            if not isinstance(record, dict) or record.get("schema") != "sixdof.image/1":
                found = record.get("schema") if isinstance(record, dict) else type(record).__name__
                raise _error(path, number, f"schema: expected 'sixdof.image/1', found {found!r}")
            yield record  # type: ignore[misc]


def _error(path: str, line: int, detail: str) -> SixDoFError:
    issue = Issue(detail, path, line)
    return SixDoFError(str(issue), issues=[issue])
