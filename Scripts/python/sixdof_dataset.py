"""Images and records of a `sixdof build … --layout records`, for PyTorch or for any plain loop.

    from sixdof_dataset import SixDoFDataset, decoded
    from torch.utils.data import DataLoader

    dataset = SixDoFDataset("out/train-*.lmdb", transform=decoded)
    loader = DataLoader(dataset, batch_size=8, shuffle=True, num_workers=4, collate_fn=list)
    for batch in loader:
        for pixels, record in batch:        # uint8 tensor (3, height, width), unified record
            boxes = [face["bbox_xyxy"] for face in record["faces"]]

Without a transform an item is (bytes of the image file, record); torch is then never imported.
"""

import os
from bisect import bisect_right
from glob import glob
from io import BytesIO
from itertools import accumulate
from weakref import WeakValueDictionary

import lmdb
import msgpack

# LMDB allows a file to be open once in a process, so datasets over the same shard share it.
_opened = WeakValueDictionary()


class SixDoFDataset:
    """A map-style dataset over one shard, a glob pattern, or a list of shards, in that order."""

    def __init__(self, shards, transform=None):
        if isinstance(shards, (str, os.PathLike)):
            shards = sorted(glob(os.fspath(shards))) or [shards]
        self.paths = [os.path.realpath(path) for path in shards]
        self.transform = transform
        self.ends = list(accumulate(opened(path).stat()["entries"] for path in self.paths))
        self._environments = {}

    def __len__(self):
        return self.ends[-1] if self.ends else 0

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} of {len(self)} images")
        index %= len(self)
        shard = bisect_right(self.ends, index)
        key = index - (self.ends[shard - 1] if shard else 0)
        with self._environment(shard).begin() as transaction:
            content = msgpack.loads(transaction.get(b"%010d" % key))
        item = content["image"], content["record"]
        return self.transform(*item) if self.transform else item

    def _environment(self, shard):
        """Opened on first use in each process: DataLoader's workers are forks of this one."""
        key = os.getpid(), shard
        if key not in self._environments:
            self._environments[key] = opened(self.paths[shard])
        return self._environments[key]

    def __getstate__(self):
        """Workers that are spawned get a copy without open environments."""
        return self.__dict__ | {"_environments": {}}


def opened(path):
    """The environment of a shard; it closes when the last dataset that holds it is gone."""
    environment = _opened.get(path)
    if environment is None:
        environment = lmdb.open(path, subdir=False, readonly=True, lock=False, readahead=False)
        _opened[path] = environment
    return environment


def _close_inherited():
    """A forked process must not use its parent's environments, nor open the files beside them."""
    for environment in list(_opened.values()):
        environment.close()
    _opened.clear()


if hasattr(os, "register_at_fork"):  # absent on Windows, where workers are spawned
    os.register_at_fork(after_in_child=_close_inherited)


def decoded(image, record):
    """A transform: the stored pixels as an RGB tensor, to which all of the record's numbers refer
    (an EXIF orientation is not applied). Needs torch, numpy and Pillow."""
    import numpy
    import torch
    from PIL import Image

    pixels = numpy.array(Image.open(BytesIO(image)).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1), record
