"""`python -m sixdof …` is the program `sixdof …`."""

import os
import sys

from . import SixDoFError, paths


def main() -> None:
    try:
        program = paths().program
    except SixDoFError as error:
        sys.exit(str(error))
    os.execv(program, ["sixdof", *sys.argv[1:]])


if __name__ == "__main__":
    main()
