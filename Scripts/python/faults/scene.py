"""A folder in which one run after the other is disturbed, and what each command does there undisturbed."""

import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass

from .commands import PREPARATION, PREPARATION_OF_RECORDS
from .shim import Tally
from .trees import reading, tree

TIME_LIMIT = 60


@dataclass
class Ending:
    """How a run ended. A signal's number is negative, as Python has it."""
    code: int
    said: str
    seconds: float
    # False where standard error was taken from it, and it could say nothing.
    is_heard: bool = True

    @property
    def last_words(self):
        return " | ".join(self.said.strip().splitlines()[-2:])[-300:]


class Scene:
    """`disk` has `in`, the user's inputs, `out`, where outputs go beside other files of the user's, and `tmp`."""

    def __init__(self, program, folder, source):
        self.program = program
        self.folder = folder
        self.disk = folder / "disk"
        self.source = source
        self.counts = folder / "counts"
        self.shadow = folder / "shadow"
        self.before = {}
        shutil.copytree(source / "in", self.disk / "in")

    def prepare(self, start):
        """Puts the disk as it is before a command: `start` is what `out` holds then."""
        if self.before != (inputs := tree(self.disk / "in")):
            if self.before:
                shutil.rmtree(self.disk / "in")
                shutil.copytree(self.source / "in", self.disk / "in")
            else:
                self.before = inputs
        self.put(start)

    def put(self, start):
        """Replaces `out`, and empties `tmp`."""
        for name in ("out", "tmp"):
            shutil.rmtree(self.disk / name, ignore_errors=True)
        shutil.copytree(start, self.disk / "out", symlinks=True)
        (self.disk / "tmp").mkdir()
        for description in (self.disk / "out").glob("*.partial/run.json"):
            # A run is described with whole paths, and may have been another scene's.
            text = description.read_bytes()
            own = str(self.folder).encode()
            description.write_bytes(re.sub(re.escape(own[:-1]) + rb"\d", own, text))

    def start(self, words, more=None, **how):
        environment = os.environ | {"TMPDIR": str(self.disk / "tmp")} | (more or {})
        # One job, so that the n-th call is the same call in each run.
        words = [str(self.program), *words, "--progress", "none", "--jobs", "1"]
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE} | how
        return subprocess.Popen(words, cwd=self.disk, env=environment, **how)

    def run(self, words, more=None, **how):
        began = time.monotonic()
        process = self.start(words, more, **how)
        return self.ended(process, began)

    def ended(self, process, began):
        try:
            _, said = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return Ending(99, f"it had not ended after {TIME_LIMIT} s", TIME_LIMIT)
        return Ending(process.returncode, (said or b"").decode(errors="replace"), time.monotonic() - began)

    def inputs_changed(self):
        return self.before != tree(self.disk / "in")


@dataclass
class Course:
    """A command's undisturbed course."""
    command: object
    # A folder with what `out` holds before.
    start: object
    # Final names, with what is read under them before and after.
    old: dict
    new: dict
    # Everything else that is in `out`, which is the user's.
    others: dict
    code: int
    seconds: float
    calls: dict
    # Whether it can be gone on with.
    resumes: bool
    # How many entries the log of a run has that is watched for power cuts.
    entries: int

    @property
    def unfinished(self):
        return os.path.basename(self.command.base) + ".partial"

    @property
    def begins_unfinished(self):
        """Whether an earlier run left its unfinished folder."""
        return os.path.lexists(os.path.join(self.start, self.unfinished))


class NotDone(Exception):
    """A command that this program or machine has not; the text says why."""


class Undetermined(Exception):
    """A command that cannot be disturbed here: it does not end well, or not twice alike, if left alone."""


def make_inputs(program, folder):
    """Makes the folder `in` that all scenes copy."""
    def run(line):
        done = subprocess.run([program, *line.split(), "--progress", "none"], cwd=folder, capture_output=True,
                              text=True, timeout=TIME_LIMIT)
        if done.returncode not in (0, 2):
            raise SystemExit(
                f"Scripts/faults: 'sixdof {line}' ended with {done.returncode}: {done.stderr.strip()}")

    for line in PREPARATION:
        run(line)
    inputs = folder / "in"
    inputs.mkdir()
    shutil.copytree(folder / "made/images", inputs / "images")
    shutil.copytree(folder / "other/images", inputs / "images", dirs_exist_ok=True)
    shutil.copytree(folder / "large/images", inputs / "large")
    shutil.copy(folder / "made/retinaface/train/label.txt", inputs / "label.txt")
    shutil.copy(folder / "other/retinaface/train/label.txt", inputs / "other.txt")
    shutil.copy(folder / "large/retinaface/train/label.txt", inputs / "large.txt")
    for line in PREPARATION_OF_RECORDS:
        run(line)


def survey(scene, command, shim, folder):
    """Runs a command undisturbed, twice, the second time under the shim, and notes what is to be compared."""
    options = subprocess.run([scene.program, command.words[0], "--help"], capture_output=True, text=True).stdout
    start = folder / f"start-{command.name}"
    (folder / "empty").mkdir(exist_ok=True)
    scene.prepare(folder / "empty")
    for line in command.earlier:
        ending = scene.run(line.split())
        if ending.code not in (0, 2):
            raise Undetermined(f"'sixdof {line}' ended with {ending.code}: {ending.last_words}")
    if command.killed:
        kill_before(scene, command, shim, folder)
    outputs = set(os.listdir(scene.disk / "out"))
    unfinished = os.path.basename(command.base) + ".partial"
    add_files_of_the_user(scene.disk, command)
    users = set(os.listdir(scene.disk / "out")) - outputs
    shutil.copytree(scene.disk / "out", start, symlinks=True)
    before = {name: reading(start, name) for name in os.listdir(start)}

    ending = scene.run(command.words)
    if ending.code not in (0, 2):
        raise Undetermined(f"it ended with {ending.code}: {ending.last_words}")
    after = {name: reading(scene.disk / "out", name) for name in os.listdir(scene.disk / "out")}
    names = sorted((before.keys() | after.keys()) - users - {unfinished})

    scene.prepare(start)
    watch = power_folders(scene)
    environment = shim.counting(scene.disk, scene.counts) | shim.watching(scene.disk / "out", watch)
    scene.run(command.words, environment)
    again = {name: reading(scene.disk / "out", name) for name in names}
    if again != {name: after.get(name) for name in names}:
        raise Undetermined("two undisturbed runs gave different bytes")
    return Course(
        command, start, {name: before.get(name) for name in names}, {name: after.get(name) for name in names},
        tree(start, lambda name: name.split("/")[0] not in users), ending.code, ending.seconds,
        Tally(scene.counts).calls, "--resume" in options, len((watch / "log").read_text().splitlines()))


def kill_before(scene, command, shim, folder):
    """Leaves what a run of the command leaves that is killed at a certain call."""
    words = [word for word in command.words if word != "--resume"]
    aside = folder / f"earlier-{command.name}"
    shutil.copytree(scene.disk / "out", aside, symlinks=True)
    scene.run(words, shim.counting(scene.disk, scene.counts))
    call, n, kind = command.killed.split(":")
    n = Tally(scene.counts).calls[call] + int(n) + 1
    scene.put(aside)
    if n < 1 or scene.run(words, shim.counting(scene.disk, scene.counts, f"{call}:{n}:{kind}")).code != -9:
        raise NotDone(f"a run of this program makes no {command.killed.split(':')[0]} call to be killed at")


def power_folders(scene):
    shutil.rmtree(scene.shadow, ignore_errors=True)
    for name in ("inode", "durable"):
        (scene.shadow / name).mkdir(parents=True)
    return scene.shadow


def add_files_of_the_user(disk, command):
    out = disk / "out"
    for source, name in command.beside.items():
        shutil.copy(disk / "in" / source, out / name)
    (out / "notes.txt").write_text("mine\n")
    (out / "notes.txt").chmod(0o600)
    name = os.path.basename(command.base)
    (out / f"{name}.partial.txt").write_text("mine, too\n")
    (out / f"{name}-mine").mkdir()
    (out / f"{name}-mine" / "kept").write_text("and this\n")
