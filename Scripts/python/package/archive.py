"""The archive: the same files below one folder, to be unpacked anywhere."""

import gzip
import io
import tarfile
from pathlib import Path


def make(tree, release, output):
    """Writes the archive; returns its path."""
    base = f"sixdof-{release.version}-linux-x86_64"
    target = Path(output, f"{base}.tar.gz")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in tree.items():
            entry = tarfile.TarInfo(f"{base}/{path}")
            entry.size, entry.mtime = len(content), release.epoch
            entry.mode = 0o755 if path.startswith("bin/") else 0o644
            archive.addfile(entry, io.BytesIO(content))
    target.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
    return target
