"""The shards that sixdof writes: which layout one has, and where its images are."""

from __future__ import annotations

from typing import Any, Optional

from ._lmdb import ValueFile
from ._program import SixDoFError

try:
    import msgpack
except ImportError as error:
    raise ImportError("sixdof reads LMDBs with msgpack, which is not there; pip install 'sixdof[data]'",
                      name=error.name) from error

#: Of a stored value of `--layout records`: the last key, and the sizes of the heads that the bytes may have which end the value.
_IMAGE_KEY = b"\xa5image"
_HEAD_SIZES = {0xC4: 2, 0xC5: 3, 0xC6: 5}


def layout(file: ValueFile) -> str:
    """The layout of a shard, by its first sample.

    Raises SixDoFError where it is none of sixdof's.
    """
    length = file.named.get(b"__len__")
    if length is not None and file.size(0):
        found = _number(length)
        if found != len(file):
            raise SixDoFError(f"{file.path}: __len__: expected {len(file)}, found {found}")
        return "img2pose"
    size = file.size(0)
    if not size and not file.named:
        raise SixDoFError(f"{file.path}: expected samples, found none")
    keys = _first_keys(file.read(0, 0, min(size, 64))) if size and file.digits == 10 else None
    if not keys:
        raise SixDoFError(f"{file.path}: expected an LMDB that sixdof wrote, found another")
    return "records" if keys[0] == "record" else "perspnet"


def _number(value: bytes) -> Any:
    try:
        return msgpack.loads(value)
    except Exception:  # noqa: BLE001: msgpack raises many kinds
        return None


def unpacker(content: Any) -> Any:
    """Steps through packed bytes, which are all there."""
    made = msgpack.Unpacker(max_buffer_size=0)
    made.feed(content)
    return made


def _first_keys(value: Any) -> "Optional[list[Any]]":
    """The first key of a map, without decoding what follows; None for anything else."""
    members = unpacker(value)
    try:
        return [members.unpack()] if members.read_map_header() > 0 else None
    except Exception:  # noqa: BLE001
        return None


def parts_of_record(file: ValueFile, number: int) -> "Optional[tuple[bytes, Optional[bytes]]]":
    """The image of a value of `--layout records`, and the packed bytes before it. The image ends the value, so its head must count
    what is left. None where the value has another form.

    Most records are small, so that a first look finds where the image begins; then the image is read once, into its own bytes.
    The file remembers where that is, and the next time there are no packed bytes: `head_of_record` reads them.
    """
    size = file.size(number)
    if start := file.image_starts[number]:
        return file.read(number, start, size - start), None
    count = size if size < 4096 else 4096
    while True:
        head = file.read(number, 0, count)
        key = head.find(_IMAGE_KEY)
        while key >= 0:
            kind = key + len(_IMAGE_KEY)
            # A head of another kind, or beyond this look, is behind its end.
            start = kind + _HEAD_SIZES.get(head[kind], count) if kind < count else count + 1
            if start <= count and start + int.from_bytes(head[kind + 1:start], "big") == size:
                file.image_starts[number] = start
                return file.read(number, start, size - start), head[:start]
            key = head.find(_IMAGE_KEY, kind)
        if count == size:
            return None
        count = min(size, 8 * count)


def head_of_record(file: ValueFile, number: int) -> bytes:
    """The packed bytes before an image that was read."""
    return file.read(number, 0, file.image_starts[number])


def parts_of_array(file: ValueFile, number: int) -> "Optional[tuple[bytes, bytes]]":
    """The image of a value of img2pose's layout, an array of five, and the packed bytes behind it."""
    size = file.size(number)
    head = file.read(number, 0, min(size, 6))
    if len(head) < 6 or head[0] != 0x95 or head[1] not in _HEAD_SIZES:
        return None
    start = 1 + _HEAD_SIZES[head[1]]
    end = start + int.from_bytes(head[2:start], "big")
    return (file.read(number, start, end - start), file.read(number, end, size - end)) if end < size else None
