"""What a sample of an LMDB holds. The image is copied out of the file once; all else is decoded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Optional, Union

from ._lmdb import ValueFile
from ._program import SixDoFError
from ._shards import head_of_record, parts_of_array, parts_of_record, unpacker
from ._types import Record

if TYPE_CHECKING:
    import numpy


class RecordSample:
    """An image with its record: `image, record = sample`."""

    __slots__ = ("image", "_packed", "_file", "_number", "_record")

    def __init__(self, file: ValueFile, number: int):
        parts = parts_of_record(file, number)
        if parts is None:
            raise SixDoFError(f"{file.path}: sample {number}: expected a record and its image, found another value")
        #: The bytes of the image file.
        self.image = parts[0]
        # The record and the key of the image; a map's head says that there are two members.
        self._packed = parts[1]
        self._file: Optional[ValueFile] = file
        self._number = number
        self._record: Optional[Record] = None

    @property
    def record(self) -> Record:
        """The image's record, decoded on first use."""
        if self._record is None:
            members = unpacker(self._head())
            members.read_map_header()
            members.skip()
            self._record = members.unpack()
        record: Record = self._record
        return record

    def _head(self) -> bytes:
        if self._packed is None:
            assert self._file is not None
            self._packed = head_of_record(self._file, self._number)
        return self._packed

    def __getstate__(self) -> "tuple[bytes, bytes]":
        # Another process gets the bytes, and not the places of all samples.
        return self.image, self._head()

    def __setstate__(self, state: "tuple[bytes, bytes]") -> None:
        self.image, self._packed = state
        self._file, self._number, self._record = None, 0, None

    def __iter__(self) -> "Iterator[Union[bytes, Record]]":
        yield self.image
        yield self.record

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> "Union[bytes, Record]":
        return (self.image, self.record)[index]


class Img2PoseSample:
    """What img2pose trains on of an image: arrays with a row for each of its n faces.

    Poses are rotation vectors (radians) and translations in img2pose's unit, 0.1 m. A face without a pose has six times -9 in
    both, and landmarks of -1; img2pose blacks it out, and `trains` is False for it.
    """

    __slots__ = ("image", "_packed", "_parts")

    def __init__(self, file: ValueFile, number: int):
        parts = parts_of_array(file, number)
        if parts is None:
            raise SixDoFError(f"{file.path}: sample {number}: expected img2pose's array of five, found another value")
        #: The bytes of the image file.
        self.image, self._packed = parts
        self._parts: Optional[list[Any]] = None

    def _part(self, index: int) -> Any:
        if self._parts is None:
            parts = unpacker(self._packed)
            self._parts = [parts.unpack() for _ in range(4)]
        return self._parts[index]

    @property
    def global_poses(self) -> "numpy.ndarray[Any, Any]":
        """(n, 6): the poses in the whole image's camera."""
        return _array(self._part(0), "float64", 6)

    @property
    def boxes(self) -> "numpy.ndarray[Any, Any]":
        """(n, 4): left, top, right, bottom in whole pixels."""
        return _array(self._part(1), "int64", 4)

    @property
    def local_poses(self) -> "numpy.ndarray[Any, Any]":
        """(n, 6): the poses in the camera of each face's box."""
        return _array(self._part(2), "float64", 6)

    @property
    def landmarks(self) -> "list[numpy.ndarray[Any, Any]]":
        """For each face (5, 2) or (68, 2): pixels, -1 where it has none."""
        return [_array(points, "float64", 2) for points in self._part(3)]

    @property
    def trains(self) -> "numpy.ndarray[Any, Any]":
        """(n,): which faces img2pose trains on, those without a -1 among their landmarks."""
        import numpy

        return numpy.array([not (points == -1).any() for points in self.landmarks], dtype=bool)

    def __iter__(self) -> "Iterator[Any]":
        yield self.image
        yield {"boxes": self.boxes, "global_poses": self.global_poses, "local_poses": self.local_poses,
               "landmarks": self.landmarks, "trains": self.trains}


def _array(rows: Any, dtype: str, width: int) -> "numpy.ndarray[Any, Any]":
    import numpy

    return numpy.asarray(rows, dtype=dtype).reshape(-1, width)
