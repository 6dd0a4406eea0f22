"""SixDoF for Python: the program `sixdof`, its records, and training data for PyTorch or a plain loop.

    import sixdof

    sixdof.run("build", "auto", "--input", "photos.zip", "--output", "out/train", "--layout", "records")
    for record in sixdof.records("out/train.lmdb"):
        print(record["image"]["path"], len(record["faces"]))

    dataset = sixdof.RecordsDataset("out/train-*.lmdb", transform=sixdof.decoded)
    loader = torch.utils.data.DataLoader(dataset, batch_size=8, shuffle=True, num_workers=4, collate_fn=list)

The package is pure Python. What reads LMDBs needs msgpack (`pip install 'sixdof[data]'`), arrays
need numpy, and only `stream()` and `decoded` touch torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._program import Issue, Paths, Result, SixDoFError, paths, run, stats
from ._records import records
from ._types import Camera, Face, Fit, Image, Landmarks, Pose, Record, Source

if TYPE_CHECKING:
    from ._datasets import Img2PoseDataset, RecordsDataset, decoded
    from ._samples import Img2PoseSample, RecordSample

__all__ = [
    "Camera", "Face", "Fit", "Image", "Img2PoseDataset", "Img2PoseSample", "Issue", "Landmarks", "Paths", "Pose",
    "Record", "RecordSample", "RecordsDataset", "Result", "SixDoFError", "Source", "decoded", "paths", "records", "run",
    "stats",
]

_LAZY = {
    "Img2PoseDataset": "_datasets", "RecordsDataset": "_datasets", "decoded": "_datasets",
    "Img2PoseSample": "_samples", "RecordSample": "_samples",
}


def __getattr__(name: str) -> Any:
    """What needs packages beyond Python's own is imported when it is asked for."""
    if name == "__version__":
        from ._program import version

        return version()
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module("." + _LAZY[name], __name__), name)
    raise AttributeError(f"module 'sixdof' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
