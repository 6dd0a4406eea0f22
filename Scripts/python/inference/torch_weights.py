"""Reads the weights of a PyTorch file of before version 1.6 with the standard library alone.

Such a file is five pickles (a magic number, a version, facts about the machine, the weights as references
to storages, the storages' names) and then each storage: its length as 8 bytes and its numbers. Nothing
that the pickles name is run: they can make ordered dictionaries and float tensors, and nothing else.
"""

import array
import collections
import io
import itertools
import pickle
import struct
from typing import NamedTuple

MAGIC = 0x1950A86A20F9469CFC6C


class Storage(NamedTuple):
    key: str
    count: int


class Tensor(NamedTuple):
    """float32 numbers, row by row, in little-endian bytes."""
    shape: tuple
    data: bytes


class View(NamedTuple):
    storage: Storage
    offset: int
    shape: tuple
    strides: tuple


def weights(path):
    """A file's tensors by name, in its order."""
    with open(path, "rb") as file:
        return weights_of(file.read(), path)


def weights_of(content, name):
    file = io.BytesIO(content)
    if pickle.Unpickler(file).load() != MAGIC:
        raise ValueError(f"{name}: expected a PyTorch file of before 1.6, found another")
    RestrictedUnpickler(file).load()
    RestrictedUnpickler(file).load()
    views = RestrictedUnpickler(file).load()
    storages = {}
    for key in RestrictedUnpickler(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        storages[key] = file.read(4 * count)
        if len(storages[key]) != 4 * count:
            raise ValueError(f"{name}: storage {key}: expected {count} numbers, found fewer")
    return {key: tensor(view, storages) for key, view in views.items()}


def tensor(view, storages):
    numbers = memoryview(storages[view.storage.key]).cast("I")
    steps = [range(0, size * stride, stride) for size, stride in zip(view.shape, view.strides)]
    rows = (numbers[view.offset + sum(place)] for place in itertools.product(*steps))
    return Tensor(view.shape, array.array("I", rows).tobytes())


def rebuilt(storage, offset, shape, strides, *_):
    return View(storage, offset, tuple(shape), tuple(strides))


class RestrictedUnpickler(pickle.Unpickler):
    KNOWN = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuilt,
        ("torch", "FloatStorage"): "float32",
    }

    def find_class(self, module, name):
        try:
            return self.KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"expected weights, found a reference to {module}.{name}") from None

    def persistent_load(self, reference):
        kind, numbers, key, _, count = reference[:5]
        if (kind, numbers) != ("storage", "float32"):
            raise pickle.UnpicklingError(f"expected float storages, found {kind} of {numbers}")
        return Storage(key, count)
