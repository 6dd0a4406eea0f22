"""The wheel: a zip whose files pip copies to where they belong, the program into `bin` beside Python's own."""

import base64
import hashlib
import time
import zipfile
from pathlib import Path

#: glibc 2.34 and later; Scripts/packagetest confirms it by the program's symbols.
TAG = "py3-none-manylinux_2_34_x86_64"

EXTRAS = {
    # What InferenceFolder opens is this version and no other.
    "infer": ["openvino==2026.4.1"],
    "data": ["msgpack>=1.0", "numpy"],
    "torch": ["sixdof[data]", "torch", "pillow"],
    "ray": ["ray[default]>=2.40"],
    "spark": ["pyspark>=3.5"],
}


def make(root, tree, licences, release, output):
    """Writes the wheel; returns its path."""
    base = f"sixdof-{release.version}"
    info, data = f"{base}.dist-info", f"{base}.data"
    files = {}
    for path in sorted(Path(root, "Scripts/python/sixdof").iterdir()):
        if path.suffix in (".py", ".typed") or path.name == "py.typed":
            files[f"sixdof/{path.name}"] = path.read_bytes()
    for path in sorted(Path(root, "Scripts/python/distribute").glob("*.py")):
        files[f"sixdof/distribute/{path.name}"] = path.read_bytes()
    # To be copied into the folder `data` of PerspNet or TRG.
    files["sixdof/perspnet/sixdof_dataset.py"] = Path(root, "Scripts/python/perspnet/sixdof_dataset.py").read_bytes()
    # The old name, for programs that import it.
    files["sixdof_dataset.py"] = Path(root, "Scripts/python/sixdof_dataset.py").read_bytes()
    for path, content in tree.items():
        if path.startswith("bin/"):
            files[f"{data}/scripts/{path.removeprefix('bin/')}"] = content
        elif not path.startswith("share/doc/"):
            files[f"{data}/data/{path}"] = content
    for name, text in licences.items():
        files[f"{info}/licenses/{name}"] = text.encode()
    files[f"{info}/METADATA"] = metadata(root, release, licences).encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: Scripts/package\nRoot-Is-Purelib: false\nTag: {TAG}\n".encode()
    record = f"{info}/RECORD"
    lines = [f"{name},sha256={digest(content)},{len(content)}" for name, content in files.items()]
    files[record] = ("\n".join([*lines, f"{record},,"]) + "\n").encode()
    target = Path(output, f"{base}-{TAG}.whl")
    write(target, files, release.epoch)
    return target


def write(target, files, epoch):
    # A zip's times begin in 1980.
    date = time.gmtime(max(epoch, 315532800))[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date)
            # pip keeps the program's right to run only where the entry says that it is a regular file.
            entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, content)


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def metadata(root, release, licences):
    fields = [
        ("Metadata-Version", "2.4"), ("Name", "sixdof"), ("Version", release.version),
        ("Summary", "Turns face datasets into 6DoF training data"), ("Keywords", "face,head pose,6DoF,dataset,img2pose,PyTorch"),
        ("License-Expression", "Apache-2.0"), *(("License-File", name) for name in licences),
        ("Classifier", "Environment :: Console"), ("Classifier", "Intended Audience :: Science/Research"),
        ("Classifier", "Operating System :: POSIX :: Linux"), ("Classifier", "Topic :: Scientific/Engineering :: Image Recognition"),
        ("Classifier", "Typing :: Typed"), ("Requires-Python", ">=3.9"),
    ]
    for extra, packages in EXTRAS.items():
        fields.append(("Provides-Extra", extra))
        fields += [("Requires-Dist", f"{package}; extra == '{extra}'") for package in packages]
    fields.append(("Description-Content-Type", "text/markdown"))
    readme = Path(root, "Scripts/python/sixdof/README.md").read_text(encoding="utf-8")
    return "\n".join(f"{name}: {value}" for name, value in fields) + "\n\n" + readme
