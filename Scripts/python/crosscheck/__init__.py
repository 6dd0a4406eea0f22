"""Independent readers for everything sixdof reads and writes, and the checks that use them.

Nothing here shares code with the Swift side: formats are read by numpy, scipy, lmdb, msgpack and
the few lines of text parsing they leave over. Where the two sides disagree, a line says what was
expected and what was found. `Scripts/crosscheck` runs it.
"""
