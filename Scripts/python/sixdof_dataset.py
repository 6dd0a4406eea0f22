"""The old name of `sixdof.RecordsDataset` and `sixdof.decoded`, for programs that have this file in their folder of a clone."""

from sixdof import RecordsDataset as SixDoFDataset
from sixdof import decoded

__all__ = ["SixDoFDataset", "decoded"]
