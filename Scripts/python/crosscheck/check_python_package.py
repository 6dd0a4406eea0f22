"""The Python package `sixdof`: its own tests, with this program, and its types."""

import os
import re
import subprocess
import sys

from .report import expect


def checks(artefacts):
    yield "Python package, tests", lambda: tests(artefacts)
    yield "Python package, types", lambda: types(artefacts)


def tests(artefacts):
    environment = {**os.environ, "SIXDOF": str(artefacts.tool.program.absolute())}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", artefacts.work / "pytest",
         artefacts.root / "Tests/PythonTests"], capture_output=True, text=True, env=environment, timeout=600)
    expect(done.returncode == 0, "no failure", done.stdout[-2000:] + done.stderr[-500:])
    return re.search(r"^\d+ passed.*", done.stdout, re.MULTILINE)[0]


def types(artefacts):
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--cache-dir", artefacts.work / "mypy", "sixdof"],
        capture_output=True, text=True, cwd=artefacts.root / "Scripts/python", timeout=600)
    expect(done.returncode == 0, "no error of mypy --strict", done.stdout)
    return done.stdout.strip()
