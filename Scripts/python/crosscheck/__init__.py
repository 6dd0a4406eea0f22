"""Independent readers for everything sixdof reads and writes, and the checks that use them.

Nothing here shares code with the Swift side: formats are read by numpy, scipy, lmdb, msgpack and
the few lines of text parsing they leave over. Where the two sides disagree, a line says what was
expected and what was found. `Scripts/crosscheck` runs it.
"""

from pathlib import Path

# Folders sort the modules by topic, for people. To Python they are all of this package, by their names alone.
__path__ += [str(folder) for folder in sorted(Path(__file__).parent.iterdir()) if folder.is_dir()]
