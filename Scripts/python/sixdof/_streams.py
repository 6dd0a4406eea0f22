"""Datasets as streams: an order that a seed decides, shared out over ranks and workers, and gone on with after a stop."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any, Iterator, Optional

from ._program import SixDoFError

if TYPE_CHECKING:
    from ._datasets import ShardDataset

# A plain loop needs no torch.
_torch_data: Any = None
try:
    from torch.utils import data

    _torch_data = data
except ImportError:
    pass
_Base: Any = _torch_data.IterableDataset if _torch_data else object


class Stream(_Base):  # type: ignore[misc]
    """Each item once in an epoch, over all ranks and workers.

        stream = sixdof.RecordsDataset("out/train-*.lmdb", transform).stream(shuffle=True, seed=7)
        for epoch in range(90):
            stream.set_epoch(epoch)
            for batch in DataLoader(stream, batch_size=8, num_workers=4, collate_fn=list): ...

    An LMDB is read at any place at the same cost, so the whole of it is shuffled and not a window. Ranks get the same number of
    items each, as distributed training needs it: up to `world_size` - 1 items of an epoch are left out, others in each epoch
    where it is shuffled. Rank and number of ranks are torch.distributed's, or torchrun's, where they are not given.

    `state_dict` and `load_state_dict` are what torchdata's StatefulDataLoader calls. With a plain DataLoader, `resume` goes on
    behind the batches that were trained on.
    """

    def __init__(self, dataset: "ShardDataset[Any]", shuffle: bool = False, seed: int = 0, rank: Optional[int] = None,
                 world_size: Optional[int] = None):
        super().__init__()
        if (rank is None) != (world_size is None):
            raise ValueError("rank and world_size are given together, or neither")
        if rank is None or world_size is None:
            rank, world_size = _ranks()
        if not 0 <= rank < world_size:
            raise ValueError(f"rank: expected 0 to {world_size - 1}, found {rank}")
        self.dataset, self.shuffle, self.seed = dataset, shuffle, seed
        self.rank, self.world_size = rank, world_size
        self.epoch = 0
        # Items that this process has given in this epoch, and those that it is to pass over at the next start.
        self._given = 0
        self._skip: Optional[tuple[int, int]] = None

    def __len__(self) -> int:
        """The number of items that this rank gets in an epoch, by all of its workers."""
        return len(self.dataset) // self.world_size

    def set_epoch(self, epoch: int) -> None:
        """Chooses the order, and begins at its start. A plain DataLoader's workers are told at the start of an epoch only, so
        that `persistent_workers` go on counting by themselves."""
        self.epoch, self._given, self._skip = epoch, 0, None

    def resume(self, epoch: int, batches: int, batch_size: int) -> None:
        """Lets the next epoch begin behind the first `batches` batches of a DataLoader without `drop_last`, of the same number
        of workers."""
        self.set_epoch(epoch)
        self._skip = batches, batch_size

    def order(self, worker: int = 0, workers: int = 1) -> list[int]:
        """The indices that a worker of this rank reads in this epoch."""
        indices = list(range(len(self.dataset)))
        if self.shuffle:
            # A text as the seed is hashed by SHA-512, so it gives the same order on every machine.
            random.Random(f"sixdof/{self.seed}/{self.epoch}").shuffle(indices)
        return indices[self.rank::self.world_size][:len(self)][worker::workers]

    def __iter__(self) -> Iterator[Any]:
        info = _torch_data.get_worker_info() if _torch_data else None
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        order = self.order(worker, workers)
        if self._skip is not None:
            batches, size = self._skip
            self._given, self._skip = size * len(range(worker, batches, workers)), None
        while self._given < len(order):
            item = self.dataset[order[self._given]]
            self._given += 1
            yield item
        self.epoch, self._given = self.epoch + 1, 0

    def state_dict(self) -> dict[str, Any]:
        """Where this process's part of the stream is."""
        return {"epoch": self.epoch, "given": self._given, **self._identity()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on where `state_dict` was taken. Raises SixDoFError where that was of another dataset or order."""
        for name, value in self._identity().items():
            if state.get(name) != value:
                raise SixDoFError(f"state: {name}: expected {value}, found {state.get(name)}")
        self.epoch, self._given, self._skip = state["epoch"], state["given"], None

    def _identity(self) -> dict[str, Any]:
        return {"items": len(self.dataset), "shuffle": self.shuffle, "seed": self.seed, "rank": self.rank,
                "world_size": self.world_size}


def _ranks() -> tuple[int, int]:
    try:
        from torch import distributed
    except ImportError:
        pass
    else:
        if distributed.is_available() and distributed.is_initialized():
            return distributed.get_rank(), distributed.get_world_size()
    return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
