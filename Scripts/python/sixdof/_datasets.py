"""Map-style datasets over LMDBs, for PyTorch's DataLoader or any plain loop."""

from __future__ import annotations

import os
from bisect import bisect_right
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Generic, Iterator, Optional, Sequence, TypeVar, Union

from . import _shards
from ._lmdb import ValueFile
from ._paths import expanded
from ._program import SixDoFError
from ._samples import Img2PoseSample, RecordSample
from ._types import Record

if TYPE_CHECKING:
    from ._streams import Stream

PathLike = Union[str, "os.PathLike[str]"]
SampleType = TypeVar("SampleType", RecordSample, Img2PoseSample)


class ShardDataset(Generic[SampleType]):
    """The samples of one LMDB, of a pattern's or of a list's, in that order.

    A dataset may be carried into threads, forked and spawned workers. `transform` is called with what a
    sample is unpacked into; without one, an item is the sample.
    """

    layout: ClassVar[str]
    _sample: "type[SampleType]"

    def __init__(self, shards: Union[PathLike, Sequence[PathLike]], transform: Optional[Callable[..., Any]] = None):
        self.paths = [os.path.realpath(path) for path in expanded(shards)]
        self.transform = transform
        self._files = [ValueFile(path) for path in self.paths]
        for file in self._files:
            self._check(file)
        self._ends = list(accumulate(len(file) for file in self._files))

    def _check(self, file: ValueFile) -> None:
        path, found = file.path, _shards.layout(file)
        if found != self.layout:
            names = {"records": "--layout records", "img2pose": "--layout img2pose, the default",
                     "perspnet": "--layout perspnet"}
            readers = {"records": "sixdof.RecordsDataset reads it", "img2pose": "sixdof.Img2PoseDataset reads it",
                       "perspnet": "Scripts/python/perspnet reads it"}
            raise SixDoFError(f"{path}: expected an LMDB of {names[self.layout]}, found one of {names[found]}; {readers[found]}")

    def __len__(self) -> int:
        return self._ends[-1]

    def sample(self, index: int) -> SampleType:
        """The sample before any transform."""
        ends = self._ends
        place = index + ends[-1] if index < 0 else index
        if not 0 <= place < ends[-1]:
            raise IndexError(f"index {index} of {len(self)} images")
        shard = bisect_right(ends, place)
        if shard:
            place -= ends[shard - 1]
        file = self._files[shard]
        if not file.size(place):
            raise SixDoFError(f"{self.paths[shard]}: expected sample {place}, found none; 'sixdof verify' tells what else is wrong")
        return self._sample(file, place)

    def __getitem__(self, index: int) -> Any:
        sample = self.sample(index)
        return sample if self.transform is None else self.transform(*sample)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def stream(self, shuffle: bool = False, seed: int = 0, rank: Optional[int] = None,
               world_size: Optional[int] = None) -> "Stream":
        """The same items as an IterableDataset, each once in an epoch over all workers and ranks."""
        from ._streams import Stream

        return Stream(self, shuffle=shuffle, seed=seed, rank=rank, world_size=world_size)


class RecordsDataset(ShardDataset[RecordSample]):
    """Images and records of `--layout records`.

        dataset = sixdof.RecordsDataset("out/train-*.lmdb")
        image, record = dataset[0]          # the bytes of the image file, the unified record
        dataset.sample(0).image             # without decoding the record

    The record is decoded when it is asked for.
    """

    layout = "records"
    _sample = RecordSample


class Img2PoseDataset(ShardDataset[Img2PoseSample]):
    """Images and targets of img2pose's layout, which is the default one.

        dataset = sixdof.Img2PoseDataset("out/train.lmdb")
        image, targets = dataset[0]
        targets["global_poses"]             # (n, 6), see Img2PoseSample

    img2pose's own trainer takes the LMDB as it is and needs no class of ours.
    """

    layout = "img2pose"
    _sample = Img2PoseSample


def decoded(image: bytes, record: Record) -> tuple[Any, Record]:
    """A transform: the stored pixels as an RGB tensor, uint8 (3, height, width), to which all of the record's numbers refer (an
    EXIF orientation is not applied). Needs torch, numpy and Pillow."""
    import numpy
    import torch
    from PIL import Image

    pixels = numpy.array(Image.open(BytesIO(image)).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1), record
