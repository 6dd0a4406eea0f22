"""Rounds of missing parts until all are whole. The outputs' files alone say what is done, so any driver can go on."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Protocol

from .part import BUSY, DONE, FINDINGS, HOPELESS, IO, WRONG_CALL, Result, Run

# The longest pause before parts are tried again that another run has in hand.
LONGEST_PAUSE_SECONDS = 60
# How many failed parts are named.
MOST_NAMED = 20


class Stop(Exception):
    """Ends the run with an exit code; the text says why."""

    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code = code


class Engine(Protocol):
    def run(self, parts: Sequence[int]) -> Iterator[Result]:
        """Does parts, and gives each result as it comes. A part of a lost worker may have none. Closing it ends the
        work."""

    def close(self) -> None:
        """Ends what the engine itself started."""


class Survey(NamedTuple):
    """Which parts are there, as 'sixdof parts' says it."""
    count: int
    # Those to do: missing, damaged or, to be replaced, another plan's.
    missing: list[int]

    @classmethod
    def of(cls, run: Run, verify: bool = False) -> "Survey":
        words = [run.program, "parts", run.output, "--plan", run.plan, "--json", "--progress", "none"]
        try:
            done = subprocess.run(words + ["--verify"] * verify, cwd=run.folder, capture_output=True, text=True)
        except OSError as error:
            raise Stop(WRONG_CALL, str(error)) from error
        if done.returncode not in (DONE, FINDINGS):
            raise Stop(128 - done.returncode if done.returncode < 0 else done.returncode,
                       done.stderr.strip().removeprefix("error: "))
        found = json.loads(done.stdout)
        if found["foreign"] and not run.overwrite:
            raise Stop(WRONG_CALL, f"{run.output}: expected parts of {run.plan}, found those of another plan: "
                       f"{found['foreign']}; name another output or give --overwrite")
        todo = [part for state in ("missing", "damaged", "foreign") for part in numbers(found[state])]
        return cls(found["parts"], sorted(todo))


class Progress:
    """One line on standard error: over and over on a terminal, elsewhere every ten seconds."""

    def __init__(self, whole: int, count: int):
        self.whole, self.count, self.failed = whole, count, 0
        self.began = self.shown = time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def add(self, result: Result) -> None:
        self.whole += result.is_whole
        self.failed += not result.is_whole
        now = time.monotonic()
        if now - self.shown > (0.2 if self.is_terminal else 10):
            self.show(now)

    def show(self, now: float) -> None:
        self.shown = now
        line = f"parts     {self.whole} of {self.count}, {self.failed} failures, {now - self.began:.0f} s"
        print(f"\r{line}" if self.is_terminal else line, end="" if self.is_terminal else "\n", file=sys.stderr,
              flush=True)

    def end_line(self) -> None:
        self.show(time.monotonic())
        if self.is_terminal:
            print(file=sys.stderr)


def drive(run: Run, engine: Engine, attempts: int, patience: float, verify: bool) -> int:
    """Does what is missing, each part so often at most, and gives the exit code: 0, or 75 where parts are left.

    `patience` is how many seconds it waits in all for parts that another run has in hand.
    """
    survey = Survey.of(run)
    if verify:
        found = Survey.of(run, verify=True)
        # What sizes show to be damaged may be another run's that is just being published.
        for part in set(found.missing) - set(survey.missing):
            make_incomplete(run, part, survey.count)
        survey = found
    failures: Counter[int] = Counter()
    last: dict[int, Result] = {}
    pause = 1.0
    progress = Progress(survey.count - len(survey.missing), survey.count)
    while todo := [part for part in survey.missing if failures[part] < attempts]:
        results = one_round(engine, todo, progress)
        survey = Survey.of(run)
        progress.whole = survey.count - len(survey.missing)
        is_waiting = False
        for part in set(todo) & set(survey.missing):
            last[part] = results.get(part) or Result(part, IO, "its worker was lost", 0, "unknown host")
            if last[part].code == BUSY and patience > 0:
                is_waiting = True
            else:
                failures[part] += 1
        if is_waiting:
            time.sleep(min(pause, patience))
            patience, pause = patience - pause, min(2 * pause, LONGEST_PAUSE_SECONDS)
    progress.end_line()
    return tell(run, survey, failures, last)


def one_round(engine: Engine, parts: Sequence[int], progress: Progress) -> dict[int, Result]:
    results = {}
    with closing(engine.run(parts)) as coming:
        for result in coming:
            progress.add(result)
            results[result.part] = result
            if result.code in HOPELESS:
                raise Stop(result.code, f"part {result.part}: {result.reason}")
    return results


def tell(run: Run, survey: Survey, failures: Counter[int], last: dict[int, Result]) -> int:
    """Says what is left, and gives the exit code."""
    if not survey.missing:
        say(f"whole     {survey.count} parts in {run.output}; next: sixdof gather {run.output}")
        return DONE
    for part in survey.missing[:MOST_NAMED]:
        result = last[part]
        reason = result.reason or "it ended well, but the part is not there"
        say(f"failed    part {part}, {failures[part]} attempts, the last on {result.host}: {result.code}: {reason}")
    if len(survey.missing) > MOST_NAMED:
        say(f"failed    {len(survey.missing) - MOST_NAMED} more")
    say(f"left      {ranges(survey.missing)} of {survey.count} parts, all others are whole; the same command does them")
    return BUSY


def make_incomplete(run: Run, part: int, count: int) -> None:
    """Removes a file of a part whose bytes are not as they were written: sixdof looks at sizes before it makes a part
    anew."""
    prefix = os.path.join(run.folder, f"{run.output}-{part:05}-of-{count:05}")
    try:
        said = json.loads(Path(prefix + ".part.json").read_text(encoding="utf-8"))
        names = [file["file"] for file in [*said.get("shards", []), *said.get("files", [])]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # Without a sound part.json it is made anew as it is.
    own = [name for name in names if name.startswith(os.path.basename(prefix) + ".")]
    for name in own[:1]:
        Path(os.path.dirname(prefix), name).unlink(missing_ok=True)


def numbers(text: str) -> list[int]:
    """The numbers in "3,5,17-20"."""
    found: list[int] = []
    for word in filter(None, text.split(",")):
        first, _, end = word.partition("-")
        found += range(int(first), int(end or first) + 1)
    return found


def ranges(parts: Iterable[int]) -> str:
    """The other way."""
    runs: list[list[int]] = []
    for part in sorted(parts):
        if runs and runs[-1][1] + 1 == part:
            runs[-1][1] = part
        else:
            runs.append([part, part])
    return ",".join(str(first) if first == end else f"{first}-{end}" for first, end in runs)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
