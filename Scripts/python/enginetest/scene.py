"""A plan of eight parts, one of them large, what they are undisturbed, and drivers that do them."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

TIME_LIMIT = 300
PARTS = 8
ENTRIES = 12
# The part that is large enough to be met while it is written.
LARGE = 3


class Fault(Exception):
    """Something that is not as it must be."""


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Fault(what)


class Driver:
    """A running `python -m distribute run`."""

    def __init__(self, process: subprocess.Popen, log: Path, logs: Path):
        self.process, self.log, self.logs = process, log, logs

    def ended(self, code: int | None = None) -> None:
        """Waits for its end, which has to be with this code where one is given."""
        try:
            self.process.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise Fault(f"the driver had not ended after {TIME_LIMIT} s: {self.said()}") from None
        found = self.process.returncode
        expect(code in (None, found), f"expected the driver to end with {code}, found {found}: {self.said()}")

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def parts(self) -> set[int]:
        """The parts that it had done."""
        return {int(path.stem.removeprefix("part-")) for path in self.logs.glob("part-*.log")}


class Scene:
    def __init__(self, program: Path, work: Path, root: Path, can_mount: bool):
        self.program, self.work, self.root, self.can_mount = program, work, root, can_mount
        self.runs = 0

    def sixdof(self, *words: object, codes: tuple[int, ...] = (0, 2)) -> str:
        done = subprocess.run([self.program, *map(str, words)], cwd=self.work, capture_output=True, text=True)
        expect(done.returncode in codes, f"'sixdof {words[0]}' ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def prepare(self) -> None:
        """Makes images, the plan, and its parts by a loop."""
        for name, count, size in [("small", 2, "160x120"), ("large", 1, "1600x1200")]:
            self.sixdof("synth", "wider-face", "--count", count, "--size", size, "--max-faces", 1, "--noise", 100,
                        "--quality", 100, "--seed", 5, "--output", name, "--progress", "none")
        images = self.work / "images"
        images.mkdir()
        lines = []
        for i in range(PARTS * ENTRIES):
            source = self.work / ("large" if i // ENTRIES == LARGE else "small")
            blocks = (source / "retinaface/train/label.txt").read_text().split("# ")[1:]
            name, faces = blocks[i % len(blocks)].split("\n", 1)
            # Each image is another file, of the same bytes.
            os.link(next(source.glob(f"images/{name}")), images / f"{i:04}.jpg")
            lines.append(f"# {i:04}.jpg\n{faces}")
        (self.work / "label.txt").write_text("".join(lines))
        self.sixdof("plan", "build", "wider-face", "--images", "images", "--annotations", "label.txt", "--records",
                    "--parts", PARTS, "--output", "plan.json")
        for part in range(PARTS):
            self.sixdof("build", "--plan", "plan.json", "--part", part, "--output", "loop/t", "--progress", "none")
        self.expected = self.files(self.work / "loop")
        expect(len({name.split(".")[0] for name in self.expected}) == PARTS, f"{PARTS} parts by a loop")

    def files(self, folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.glob("t-*") if path.is_file()}

    def check(self, out: Path) -> None:
        """All parts are there, byte for byte, and nothing half-made."""
        found = self.files(out)
        for name in sorted(self.expected.keys() | found.keys()):
            expect(name in found, f"{name} is not there")
            expect(name in self.expected, f"{name} is there, which no part has")
            expect(found[name] == self.expected[name], f"{name} has other bytes than by a loop")
        left = [path.name for path in out.glob("*.partial")]
        expect(not left, f"{left} is left")

    def published(self, out: Path) -> set[int]:
        return {int(path.name.split("-")[1]) for path in out.glob("t-*.part.json")}

    def out(self) -> Path:
        """A new folder for an output; that of the case before is removed."""
        shutil.rmtree(self.work / f"out{self.runs}", ignore_errors=True)
        self.runs += 1
        folder = self.work / f"out{self.runs}"
        folder.mkdir()
        return folder

    def start(self, engine, out: Path, *options: object, program: Path | None = None) -> Driver:
        self.runs += 1
        log, logs = self.work / f"driver{self.runs}.txt", self.work / f"logs{self.runs}"
        words = [*engine.prefix, engine.python, "-m", "distribute", "run", "--engine", engine.name, "--logs", logs,
                 "--program", program or self.program, *engine.options, *options, "plan.json", out / "t"]
        environment = os.environ | {"PYTHONPATH": str(self.root / "Scripts/python"), "PYTHONDONTWRITEBYTECODE": "1"}
        with log.open("wb") as said:
            process = subprocess.Popen([str(word) for word in words], cwd=self.work, stdin=subprocess.DEVNULL,
                                       stdout=said, stderr=said, env=environment | engine.environment,
                                       start_new_session=True)
        return Driver(process, log, logs)

    def drive(self, engine, out: Path, *options: object, program: Path | None = None, code: int = 0) -> Driver:
        driver = self.start(engine, out, *options, program=program)
        driver.ended(code)
        return driver

    def wrapper(self, body: str) -> Path:
        """A program that does something else for one part, and is sixdof otherwise. `$part` is the part's number."""
        self.runs += 1
        path = self.work / f"wrapper{self.runs}"
        path.write_text(f"""#!/bin/sh
part=
previous=
for word in "$@"; do
  if [ "$previous" = --part ]; then part=$word; fi
  previous=$word
done
{body}
exec {self.program} "$@"
""")
        path.chmod(0o755)
        return path

    def writer(self, out: Path, driver: Driver) -> int:
        """Waits until the large part's LMDB is being written, and gives the process that does it, stopped."""
        end = time.monotonic() + TIME_LIMIT
        while time.monotonic() < end:
            expect(driver.process.poll() is None, f"the driver ended early: {driver.said()}")
            files = list(out.glob(f"t-{LARGE:05}-of-*.partial/*.lmdb"))
            if files and size(files[0]) > 0 and (found := processes(out, LARGE)):
                os.kill(found[0], signal.SIGSTOP)
                return found[0]
            time.sleep(0.002)
        raise Fault(f"part {LARGE} was never seen at work")

    def gone(self, process: int, within: float) -> float:
        """Lets a stopped process go on whose parent was just killed, and says how long after that it is gone.

        It stays stopped until it is to have noticed, as it could have written all else meanwhile."""
        began = time.monotonic()
        time.sleep(0.25)
        os.kill(process, signal.SIGCONT)
        while is_alive(process):
            if time.monotonic() > began + within:
                raise Fault(f"the process of part {LARGE} was still there after {within} s")
            time.sleep(0.005)
        return time.monotonic() - began

    def wait_for_quiet(self, out: Path) -> None:
        """Until no process makes a part of an output."""
        end = time.monotonic() + TIME_LIMIT
        while any(processes(out, part) for part in range(PARTS)):
            expect(time.monotonic() < end, "processes of the first driver's parts do not end")
            time.sleep(0.05)


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def processes(out: Path, part: int) -> list[int]:
    """Those that make a part of an output."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"--part" in words and words[words.index(b"--part") + 1] == b"%d" % part \
                    and str(out / "t").encode() in words:
                found.append(int(entry.name))
    return found


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
