"""What a built program needs of the system, and what it says of where it was built.

usage: python -m package.inspection PROGRAM ROOT
"""

import os
import re
import subprocess
import sys

LIBRARIES = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}
GLIBC = (2, 34)


def main():
    program, root = sys.argv[1:]
    dynamic = subprocess.run(["readelf", "--dynamic", "--wide", program], check=True, capture_output=True, text=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    if not needed <= LIBRARIES:
        sys.exit(f"{program}: expected to need {', '.join(sorted(LIBRARIES))} only, found {', '.join(sorted(needed - LIBRARIES))}")
    versions = subprocess.run(["readelf", "--version-info", "--wide", program], check=True, capture_output=True, text=True).stdout
    newest = max(tuple(map(int, v.split("."))) for v in re.findall(r"GLIBC_([0-9.]+)", versions))
    if newest > GLIBC:
        late = sorted(set(re.findall(rf"(\w+)@GLIBC_{newest[0]}\.{newest[1]}\b", symbols(program))))
        sys.exit(f"{program}: expected glibc 2.34, found {'.'.join(map(str, newest))}: {', '.join(late)}")
    with open(program, "rb") as file:
        content = file.read()
    places = {found.decode(errors="replace") for path in (root, os.path.expanduser("~") + "/")
              for found in re.findall(re.escape(path.encode()) + rb"[\x21-\x7e]*", content)}
    if places:
        sys.exit(f"{program}: expected no path of the builder's, found {', '.join(sorted(places)[:5])}")
    if b"icudt" in content:
        sys.exit(f"{program}: expected no table of ICU's, found some; a file imports Foundation and not FoundationEssentials")
    print(f"{program}: {len(content) / 1e6:.1f} MB, needs {', '.join(sorted(needed))}, glibc {'.'.join(map(str, newest))}")


def symbols(program):
    return subprocess.run(["nm", "--dynamic", program], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
