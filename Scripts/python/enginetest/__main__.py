"""`python -m enginetest`: does all cases with all engines that are installed; exits with 1 where one failed."""

import argparse
import sys
import time
from pathlib import Path

from .cases import CASES, ONCE, NotPossible, worker_killed
from .engines import installed
from .scene import Fault, Scene


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="enginetest")
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--can-mount", action="store_true")
    parser.add_argument("--engine", action="append", choices=["local", "slurm", "ray", "spark"])
    parser.add_argument("--case", action="append", choices=[case.__name__ for case in CASES])
    options = parser.parse_args()
    options.program = options.program.resolve()
    return options


def cases_of(engine, options: argparse.Namespace) -> list:
    if options.case:
        return [case for case in CASES if case.__name__ in options.case]
    # The local engine's worker is its driver.
    without = [worker_killed] if engine.name == "local" else ONCE
    return [case for case in CASES if case not in without]


def attempt(case, scene: Scene, engine) -> bool:
    """Says how a case went; false where it failed."""
    began = time.monotonic()
    try:
        said, word = case(scene, engine), "ok  "
    except NotPossible as reason:
        said, word = str(reason), "skip"
    except Fault as fault:
        said, word = str(fault), "FAIL"
    except Exception as error:  # the others are still tried
        said, word = f"{type(error).__name__}: {error}", "FAIL"
    tail = f": {said}" if said else ""
    name = case.__name__.replace("_", " ")
    print(f"{word}  {engine.name} {name}, {time.monotonic() - began:.1f} s{tail}", flush=True)
    return word != "FAIL"


def main() -> None:
    options = parsed()
    scene = Scene(options.program, options.work, options.root, options.can_mount)
    scene.prepare()
    tried = 0
    with installed(scene, options.engine) as (engines, failed):
        for engine in engines:
            for case in cases_of(engine, options):
                tried += 1
                failed += not attempt(case, scene, engine)
    print(f"{tried} tried, {failed} failed")
    sys.exit(1 if failed or not tried else 0)


if __name__ == "__main__":
    main()
