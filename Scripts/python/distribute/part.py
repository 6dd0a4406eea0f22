"""One part, as any engine does it: runs sixdof and says how that ended. It knows nothing of engines.

Engines that ship functions to other machines ship this module as text, so it uses the standard library alone.
"""

import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

# What sixdof and this package end with, as 'sixdof --help' says it.
DONE, FINDINGS, WRONG_CALL, WRONG_INPUT, NO_MODEL, IO, BUSY = 0, 2, 64, 65, 69, 74, 75
# What no repetition changes.
HOPELESS = (WRONG_CALL, WRONG_INPUT, NO_MODEL)
TIMED_OUT = 124
# A part that is told to end has this long to tidy up.
GRACE_SECONDS = 10


@dataclass(frozen=True)
class Run:
    """What all parts of a run have in common. Paths hold on every machine; relative ones in `folder`."""
    plan: str
    output: str
    # Where results and what the parts say are written.
    logs: str
    program: str
    folder: str = field(default_factory=os.getcwd)
    scratch: str | None = None
    # How many threads do a part.
    jobs: int = 1
    # A part that takes longer has failed; None for no limit.
    time_limit: float | None = None
    # Whether files of other runs that have the parts' names are replaced.
    overwrite: bool = False

    @property
    def words(self) -> dict:
        return asdict(self)


class Result(NamedTuple):
    """How a part ended: an exit code of sixdof's, 124 after the time limit, 128 and more after a signal."""
    part: int
    code: int
    # The last thing that was said; empty where the part is whole.
    reason: str
    seconds: float
    host: str

    @property
    def is_whole(self) -> bool:
        return self.code in (DONE, FINDINGS)


def command_of(plan: str) -> str:
    """Which of sixdof's commands a plan is for."""
    return json.loads(Path(plan).read_text(encoding="utf-8"))["command"][0]


def part_task(run: Run, part: int) -> Result:
    """Does one part. What goes wrong with it is a result and no exception, so an engine repeats lost workers only.

    A part that is whole already takes no time, so a repetition does no harm.
    """
    began = time.monotonic()
    log = Path(run.folder, run.logs, f"part-{part:05}.log")
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as said:
            code = _code(run, part, said)
        reason = "" if code in (DONE, FINDINGS) else _last_words(log, code, run)
    except OSError as error:
        # A missing program is missing for every part; anything else may be this machine's trouble.
        is_call = isinstance(error, FileNotFoundError | PermissionError) and error.filename == run.program
        code, reason = WRONG_CALL if is_call else IO, str(error)
    result = Result(part, code, reason, round(time.monotonic() - began, 3), socket.gethostname())
    _write(result, log.with_suffix(".json"))
    return result


def read_result(run: Run, part: int) -> Result | None:
    """What `part_task` wrote; None where it has not ended."""
    try:
        return Result(**json.loads(Path(run.folder, run.logs, f"part-{part:05}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


#: The commands that have the option; the others replace files without being told.
OVERWRITING = {"build", "annotate", "pack", "check"}


def forget_result(run: Run, part: int) -> None:
    """Removes the result of an earlier attempt."""
    Path(run.folder, run.logs, f"part-{part:05}.json").unlink(missing_ok=True)


def _code(run: Run, part: int, said) -> int:
    command = command_of(os.path.join(run.folder, run.plan))
    words = [run.program, command, "--plan", run.plan, "--part", str(part), "--output", run.output,
             "--jobs", str(run.jobs), "--progress", "json", "--exit-with-parent"]
    words += ["--scratch", run.scratch] if run.scratch else []
    words += ["--overwrite"] if run.overwrite and command in OVERWRITING else []
    # So that the program notices a parent that is gone before it looks.
    environment = {**os.environ, "SIXDOF_PARENT": str(os.getpid())}
    process = subprocess.Popen(
        words, cwd=run.folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        code = process.wait(run.time_limit)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return TIMED_OUT
    return code if code >= 0 else 128 - code


def _last_words(log: Path, code: int, run: Run) -> str:
    if code == TIMED_OUT:
        return f"expected an end within {run.time_limit:g} s, found none"
    if code > 128 and code not in (130, 143):
        return f"ended by {signal.Signals(code - 128).name}"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        lines = file.read().decode(errors="replace").splitlines()
    for line in reversed(lines):
        try:
            event = json.loads(line)
        except ValueError:
            return line.strip()
        if isinstance(event, dict) and event.get("event") == "message":
            return str(event.get("text", ""))
    return f"ended with {code} and said nothing"


def _write(result: Result, path: Path) -> None:
    """Whole or not at all: others may look at any time. Without room for it the result is told by its return alone."""
    try:
        new = path.with_suffix(f".{os.getpid()}.new")
        new.write_text(json.dumps(result._asdict()), encoding="utf-8")
        new.replace(path)
    except OSError:
        pass
