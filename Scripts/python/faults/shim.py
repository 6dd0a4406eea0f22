"""The preloaded library: made here, told what to do by environment variables, read back through a file."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parent
TALLY_PLACE = 1024


class Shim:
    def __init__(self, library):
        self.library = library

    @classmethod
    def compiled(cls, folder):
        """Compiles it with what Scripts/setup brings: the Swift toolchain's clang, or the system's compiler."""
        compiler = toolchain_compiler() or shutil.which("clang") or shutil.which("gcc")
        if not compiler:
            sys.exit("Scripts/faults: no C compiler; expected clang beside swift, as the Swift toolchain brings it")
        library = folder / "shim.so"
        sources = sorted(SOURCES.glob("shim_*.c"))
        subprocess.run(
            [compiler, "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra",
             "-Wno-unused-parameter", "-o", library, *sources, "-ldl", "-lpthread"], check=True)
        return cls(library)

    def counting(self, folder, counts, fault=None):
        """What to add to a run's environment so that calls in a folder are counted, and one of them fails."""
        words = {"LD_PRELOAD": str(self.library), "SIXDOF_FAULTS_UNDER": str(folder),
                 "SIXDOF_FAULTS_COUNTS": str(counts)}
        return words | ({"SIXDOF_FAULT": fault} if fault else {})

    def watching(self, folder, shadow, cut=None):
        """The same, so that what survives a power cut is kept, and the run ends at an entry of its log."""
        words = {"LD_PRELOAD": str(self.library), "SIXDOF_POWER_UNDER": str(folder),
                 "SIXDOF_POWER_SHADOW": str(shadow)}
        return words | ({"SIXDOF_POWER_CUT": str(cut)} if cut else {})


class Tally:
    """What the shim counted: how often each call was made, how often one failed and on which file first."""

    def __init__(self, path):
        data = path.read_bytes()
        slots = (len(data) - 8 - TALLY_PLACE) // 32
        pairs = (struct.unpack_from("24sQ", data, 32 * i) for i in range(slots))
        self.calls = {name.rstrip(b"\0").decode(): count for name, count in pairs}
        (self.fired,) = struct.unpack_from("Q", data, 32 * slots)
        self.place = data[32 * slots + 8:].split(b"\0")[0].decode(errors="replace").lstrip("/")


def toolchain_compiler():
    swift = shutil.which("swift")
    if not swift:
        return None
    clang = Path(swift).resolve().parent.parent / "bin" / "clang"
    return clang if clang.exists() else None
