"""The Debian package: the same files below /usr, and what dpkg wants to know."""

import os
import subprocess
import tempfile
from pathlib import Path

CONTROL = """Package: sixdof
Version: {version}
Section: science
Priority: optional
Architecture: amd64
Depends: libc6 (>= 2.34), libgcc-s1
Installed-Size: {size}
Maintainer: SixDoF <sixdof@localhost>
Description: turns face datasets into 6DoF training data
 SixDoF reads annotations of faces, fits head poses, checks labels, and writes
 what img2pose, PerspNet, 6DRepNet and other networks train on.
"""


def make(tree, licences, release, output):
    """Writes the package; returns its path."""
    target = Path(output, f"sixdof_{release.version}_amd64.deb")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        for path, content in tree.items():
            # Debian's own zsh looks here for completions of packages; its policy has the licences in one file.
            if not path.startswith("share/doc/sixdof/licences/"):
                put(root / "usr" / path, content, 0o755 if path.startswith("bin/") else 0o644)
        put(root / "usr/share/doc/sixdof/copyright", copyright_text(licences).encode(), 0o644)
        put(root / "usr/share/lintian/overrides/sixdof", b"sixdof: embedded-library\n", 0o644)
        size = sum(len(content) for content in tree.values()) // 1024 + 1
        put(root / "DEBIAN/control", CONTROL.format(version=release.version, size=size).encode(), 0o644)
        for path in [root, *root.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
            os.utime(path, (release.epoch, release.epoch))
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, target], check=True, stdout=subprocess.DEVNULL)
    return target


def put(path, content, mode):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def copyright_text(licences):
    """All of them in one file, the Apache License by the name that it has in every Debian."""
    parts = [licences["THIRD-PARTY.txt"], "The Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0.\n"]
    for name, text in licences.items():
        if name not in ("LICENSE", "THIRD-PARTY.txt") and "Apache License\n" not in text[:400]:
            parts.append(f"{'=' * 78}\n{name}\n\n{text}")
    return "\n".join(parts)
