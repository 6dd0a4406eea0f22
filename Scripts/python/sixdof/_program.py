"""The program: where it is, running it, and its errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Optional, Union

Argument = Union[str, "os.PathLike[str]", int, float]

#: A place in a file, as the program's messages begin with it.
_PLACE = re.compile(r"(?P<file>.+?):(?:(?P<line>\d+):)? (?P<detail>.+)", re.DOTALL)
_ISSUES_FILE = re.compile(r"^issues .* (?:are|is) in (?P<path>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Issue:
    """Something that could not be used, or was kept and flagged."""

    detail: str
    file: Optional[str] = None
    line: Optional[int] = None
    severity: str = "error"
    code: Optional[str] = None

    def __str__(self) -> str:
        place = "".join(f"{part}:" for part in (self.file, self.line) if part is not None)
        return f"{place} {self.detail}" if place else self.detail


class SixDoFError(Exception):
    """A run that did not end well, or data that cannot be read. The text is the program's own words.

    `returncode` is the program's: 64 wrong call, 65 wrong input, 69 a model or library is missing, 74 reading or writing
    failed, 75 another run holds the output, 130 and 143 interrupted; None where no program ran. `issues` are the places that
    the error names.
    """

    def __init__(self, message: str, returncode: Optional[int] = None, issues: Iterable[Issue] = ()):
        super().__init__(message)
        self.returncode = returncode
        self.issues = list(issues)

    def __reduce__(self) -> Any:
        # Workers of a DataLoader send errors to their parent.
        return type(self), (self.args[0], self.returncode, self.issues)


@dataclass(frozen=True)
class Result:
    """A run that did what it was asked for."""

    #: 0, or 2 where there were findings or issues of at least `--fail-on`.
    returncode: int
    stdout: str
    stderr: str
    #: Read from the log that the run named; empty without issues.
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True)
class Paths:
    """Where the parts of an installation are."""

    program: str
    #: The folder of the default models; None where they are not installed beside the program.
    models: Optional[str]
    #: The folder of OpenVINO's libraries; None without the extra `infer`.
    openvino: Optional[str]


def paths() -> Paths:
    """Finds the program: what the variable SIXDOF names, the one that pip installed with this package, that of the clone in
    which this file lies, or the first on PATH.

    Raises SixDoFError where there is none.
    """
    program = _program()
    models = Path(program).resolve().parent.parent / "share" / "sixdof" / "models"
    return Paths(program, str(models) if models.is_dir() else None, _openvino())


def _program() -> str:
    given = os.environ.get("SIXDOF")
    if given:
        if os.access(given, os.X_OK):
            return given
        raise SixDoFError(f"SIXDOF: expected a program, found '{given}'")
    here = Path(__file__).resolve()
    clone = [here.parents[3] / ".build" / kind / "sixdof" for kind in ("release", "debug")] if len(here.parents) > 3 else []
    scripts = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    for scheme in (_user_scheme(),):
        if scheme in sysconfig.get_scheme_names():
            scripts.append(sysconfig.get_path("scripts", scheme))
    # With `pip install --target` the programs lie beside the packages.
    installed = [Path(folder) / "sixdof" for folder in [*scripts, str(here.parents[1] / "bin")] if folder]
    for candidate in installed + clone:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    found = shutil.which("sixdof")
    if found:
        return found
    raise SixDoFError("expected the program sixdof, found none; pip install sixdof, or name it by the variable SIXDOF")


def _user_scheme() -> str:
    return "nt_user" if os.name == "nt" else "posix_user"


def _openvino() -> Optional[str]:
    from importlib.util import find_spec

    spec = find_spec("openvino")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "libs").is_dir():
            return str(Path(folder) / "libs")
    return None


def version() -> str:
    """The version of the installed package, or of the program where this package is not installed."""
    from importlib import metadata

    try:
        return metadata.version("sixdof")
    except metadata.PackageNotFoundError:
        return run("--version").stdout.split()[0]


def run(*arguments: Argument, input: Optional[str] = None, cwd: "Optional[str | os.PathLike[str]]" = None,
        timeout: Optional[float] = None) -> Result:
    """Runs the program, and waits for its end.

        sixdof.run("convert", "auto", "--annotations", "a.xml", "--output", "a.jsonl")

    `input` is what standard input has. Progress is not shown. Exit codes 0 and 2 give a Result; for every other a
    SixDoFError is raised that has the program's message, its exit code and the places that it names.
    """
    command = [_program(), *(os.fspath(a) if isinstance(a, os.PathLike) else str(a) for a in arguments)]
    done = subprocess.run(command, input=input, cwd=cwd, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL if input is None else None, encoding="utf-8", errors="replace")
    if done.returncode in (0, 2):
        return Result(done.returncode, done.stdout, done.stderr, _issues(done.stderr, cwd))
    # A process that a signal ended has a negative number here and 128 more in a shell.
    code = 128 - done.returncode if done.returncode < 0 else done.returncode
    message = _message(done.stderr) or f"sixdof ended with exit code {code}"
    raise SixDoFError(message, code, [_located(message)] + _issues(done.stderr, cwd))


def _message(stderr: str) -> str:
    """The error itself, which is the last that is said; of a wrong call the usage follows it."""
    lines = stderr.splitlines()
    starts = [i for i, line in enumerate(lines) if line.lower().startswith("error: ")]
    if not starts:
        return stderr.strip()
    return lines[starts[-1]][len("error: "):]


def _located(message: str) -> Issue:
    match = _PLACE.fullmatch(message)
    # "what: expected X, found Y" without a file begins with a word.
    if match is None or not (match["line"] or re.search(r"[./]", match["file"])):
        return Issue(message)
    return Issue(match["detail"], match["file"], int(match["line"]) if match["line"] else None)


def _issues(stderr: str, cwd: "Optional[str | os.PathLike[str]]") -> list[Issue]:
    match = _ISSUES_FILE.search(stderr)
    path = Path(cwd or ".", match["path"]) if match else None
    if path is None or not path.is_file():
        return []
    issues = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            issues.append(Issue(entry["detail"], entry.get("file"), entry.get("line"), entry["severity"], entry.get("code")))
    return issues


def stats(path: Argument, *options: Argument) -> dict[str, Any]:
    """What `sixdof stats` says of records or an LMDB: counts, mean, standard deviation, extremes, percentiles and histograms of
    the poses, as NAME.stats.json has them. `options` are the program's, such as "--profile", "img2pose"."""
    with tempfile.TemporaryDirectory(prefix="sixdof-stats.") as folder:
        run("stats", path, "--output", folder, "--progress", "none", *options)
        (file,) = Path(folder).glob("*.stats.json")
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found
