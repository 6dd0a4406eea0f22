"""usage: python -m package --root CLONE --tree FOLDER --output FOLDER FORM...

FORM is wheel, deb or archive; FOLDER/bin/sixdof is the program.
"""

import argparse
import hashlib
from pathlib import Path

from . import archive, debian, tree, wheel


def main():
    parser = argparse.ArgumentParser()
    for option in ("--root", "--tree", "--output"):
        parser.add_argument(option, required=True, type=Path)
    parser.add_argument("forms", nargs="+", choices=["wheel", "deb", "archive"])
    options = parser.parse_args()
    program = options.tree / "bin/sixdof"
    release = tree.release(options.root, program)
    files = tree.files(options.root, program, release)
    licences = tree.licence_texts(options.root)
    options.output.mkdir(parents=True, exist_ok=True)
    makers = {
        "wheel": lambda: wheel.make(options.root, files, licences, release, options.output),
        "deb": lambda: debian.make(files, licences, release, options.output),
        "archive": lambda: archive.make(files, release, options.output),
    }
    sums = []
    for form in options.forms:
        made = makers[form]()
        sums.append(f"{hashlib.sha256(made.read_bytes()).hexdigest()}  {made.name}\n")
        print(f"{made}  {made.stat().st_size / 1e6:.1f} MB")
    (options.output / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main()
