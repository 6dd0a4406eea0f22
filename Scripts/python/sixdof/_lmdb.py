"""The values of a finished LMDB, read by their places in the file.

LMDB's own library maps the file. A cold value then comes page by page, which is many times as slow as one read, and an open map must
not be carried into a fork. Here the tree is walked once for the places, and a value is one `pread`: as fast as a file of its own,
and safe in threads, forks and spawned processes. The form is that of lmdb.h, data version 1; files of sixdof are whole and do not
change, and what is wrong in another is an error, never a crash.
"""

from __future__ import annotations

import os
import struct
from array import array
from mmap import mmap
from os import pread
from typing import Any, Iterator, Optional

from ._program import SixDoFError

_MAGIC, _VERSION = 0xBEEFC0DE, 1
_BRANCH, _LEAF = 1, 2
_BIG = 1
_HEADER = 16
_NODE = struct.Struct("<HHHH")
#: A page's number, padding, flags and the ends of its free room.
_PAGE = struct.Struct("<QHHHH")
_NONE = (1 << 64) - 1


class ValueFile:
    """Values by number, for keys that are decimal numbers, and the few others by their names."""

    def __init__(self, path: str):
        self.path = path
        self._file = os.path.join(path, "data.mdb") if os.path.isdir(path) else path
        self._descriptor: Optional[int] = None
        self._size = os.stat(self._file).st_size
        #: Where the value of each number lies; a size of 0 where there is none.
        self._offsets, self._sizes = array("Q"), array("Q")
        self.named: dict[bytes, bytes] = {}
        #: How long the keys are that are numbers; 0 without one.
        self.digits = 0
        try:
            self._index()
        except struct.error:
            raise self._fault("expected whole pages, found a file that is cut") from None
        self._make_starts()

    def _make_starts(self) -> None:
        #: Where in each value its image begins, as far as it was looked for; else 0. Forks share what each of them finds.
        self.image_starts = memoryview(mmap(-1, 4 * max(len(self), 1))).cast("I")

    def __len__(self) -> int:
        return len(self._offsets)

    def size(self, number: int) -> int:
        """How many bytes a value has; 0 where there is none of that number."""
        try:
            return self._sizes[number]
        except IndexError:
            return 0

    def read(self, number: int, start: int, count: int) -> bytes:
        """A part of a value, which has to be in it."""
        return self._read(self._offsets[number] + start, count)

    def __getstate__(self) -> dict[str, Any]:
        return {**{name: value for name, value in self.__dict__.items() if name != "image_starts"}, "_descriptor": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._make_starts()

    def __del__(self) -> None:
        descriptor = getattr(self, "_descriptor", None)
        if descriptor is not None:
            os.close(descriptor)

    def _read(self, offset: int, size: int) -> bytes:
        if self._descriptor is None:
            self._descriptor = os.open(self._file, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        content = pread(self._descriptor, size, offset)
        while len(content) < size:  # a signal, or more than 2 GB
            more = pread(self._descriptor, size - len(content), offset + len(content))
            if not more:
                raise self._fault(f"expected {size} bytes at {offset}, found {len(content)}; the file is cut")
            content += more
        return content

    def _fault(self, detail: str) -> SixDoFError:
        return SixDoFError(f"{self.path}: {detail}")

    def _index(self) -> None:
        page_size, root, entries = self._state()
        if root == _NONE or entries == 0:
            return
        places: list[tuple[int, int, int]] = []
        for key, offset, size in self._entries(root, page_size, entries):
            if key.isdigit():
                places.append((int(key), offset, size))
                self.digits = max(self.digits, len(key))
            else:
                self.named[key] = self._read(offset, size)
        count = max((number for number, _, _ in places), default=-1) + 1
        if count > 2 * len(places) + 1000:
            raise self._fault(f"expected keys that count samples, found {count - 1} among {len(places)}")
        self._offsets, self._sizes = array("Q", bytes(8 * count)), array("Q", bytes(8 * count))
        for number, offset, size in places:
            self._offsets[number], self._sizes[number] = offset, size

    def _state(self) -> tuple[int, int, int]:
        """The page size, the root and the number of entries, as the newer of the two states has them."""
        head = self._read(0, min(self._size, 512))
        if len(head) < 160 or struct.unpack_from("<II", head, _HEADER) != (_MAGIC, _VERSION):
            raise self._fault("expected an LMDB, found another file")
        (page_size,) = struct.unpack_from("<I", head, _HEADER + 24)
        if page_size not in (1 << k for k in range(9, 17)):
            raise self._fault(f"expected a page size, found {page_size}")
        best: tuple[int, int, int] = (-1, _NONE, 0)
        for number in range(2):
            meta = self._read(number * page_size, 160)
            if struct.unpack_from("<II", meta, _HEADER) != (_MAGIC, _VERSION):
                raise self._fault(f"state {number}: expected an LMDB's, found none")
            # After magic, version, address and size of the map: two databases of 48 bytes, the last page, the transaction.
            entries, root = struct.unpack_from("<QQ", meta, _HEADER + 24 + 48 + 32)
            (transaction,) = struct.unpack_from("<Q", meta, _HEADER + 24 + 96 + 8)
            best = max(best, (transaction, root, entries))
        return page_size, best[1], best[2]

    def _entries(self, root: int, page_size: int, entries: int) -> Iterator[tuple[bytes, int, int]]:
        """Each key with the place of its value, in the keys' order."""
        found, pages = 0, [root]
        seen = 0
        while pages:
            number = pages.pop()
            seen += 1
            if seen > self._size // page_size:
                raise self._fault("expected a tree of pages, found pages that lead in a circle")
            base = number * page_size
            page = self._read(base, page_size)
            _, _, flags, lower, _ = _PAGE.unpack_from(page)
            if not _HEADER <= lower <= page_size:
                raise self._fault(f"page {number}: expected nodes, found {lower} bytes of them")
            places = struct.unpack_from(f"<{(lower - _HEADER) // 2}H", page, _HEADER)
            if flags & _BRANCH:
                nodes = [_NODE.unpack_from(page, place) for place in places]
                pages.extend(low | high << 16 | flag << 32 for low, high, flag, _ in reversed(nodes))
                continue
            if not flags & _LEAF:
                raise self._fault(f"page {number}: expected a branch or a leaf, found {flags}")
            for place in places:
                low, high, flag, key_size = _NODE.unpack_from(page, place)
                start, size = place + 8 + key_size, low | high << 16
                key = page[place + 8:start]
                if flag & _BIG:
                    (big,) = struct.unpack_from("<Q", page, start)
                    offset = big * page_size + _HEADER
                else:
                    offset = base + start
                if offset + size > self._size:
                    raise self._fault(f"{key!r}: expected {size} bytes at {offset}, found a file of {self._size}")
                found += 1
                yield key, offset, size
        if found != entries:
            raise self._fault(f"expected {entries} keys, found {found}")
