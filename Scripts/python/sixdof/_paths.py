"""What users may name files by."""

from __future__ import annotations

import os
from glob import glob, has_magic
from typing import Sequence, Union

from ._program import SixDoFError

PathLike = Union[str, "os.PathLike[str]"]


def expanded(paths: Union[PathLike, Sequence[PathLike]]) -> list[str]:
    """A path, a pattern such as "out/train-*.lmdb", whose files come sorted, or a list of paths, in its order.

    Raises SixDoFError where nothing has a name, for an empty dataset would train on nothing in silence.
    """
    if not isinstance(paths, (str, os.PathLike)):
        if not paths:
            raise SixDoFError("expected at least one path, found an empty list")
        return [found for path in paths for found in expanded(path)]
    path = os.fspath(paths)
    if os.path.exists(path):
        return [path]
    found = sorted(glob(path)) if has_magic(path) else []
    if not found:
        raise SixDoFError(f"{path}: expected a file or a pattern of files, found none")
    return found
