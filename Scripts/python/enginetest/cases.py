"""What befalls a run. Each case is done with each engine; those of ONCE with one."""

import os
import signal
import subprocess
import time
from pathlib import Path

from faults.shim import Shim

from .scene import LARGE, PARTS, Scene, expect, parent

# A child must be gone so soon after its worker.
GONE_WITHIN_SECONDS = 1.0
# What takes the place of a part that fails by a disk, as sixdof says it.
FAILURE = """echo '{"event":"message","text":"error: made to fail"}' >&2; exit 74"""


def worker_killed(scene: Scene, engine) -> str:
    """The worker is killed while sixdof writes: sixdof ends too, and the part is made again."""
    out = scene.out()
    driver = scene.start(engine, out)
    writer = scene.writer(out, driver)
    os.kill(parent(writer), signal.SIGKILL)
    seconds = scene.gone(writer, GONE_WITHIN_SECONDS)
    driver.ended(0)
    scene.check(out)
    return f"gone after {seconds:.2f} s"


def driver_killed(scene: Scene, engine) -> str:
    """The driver is killed, and another goes on."""
    out = scene.out()
    driver = scene.start(engine, out)
    writer = scene.writer(out, driver)
    os.kill(driver.process.pid, signal.SIGKILL)
    if engine.is_worker:
        said = f"gone after {scene.gone(writer, GONE_WITHIN_SECONDS):.2f} s; "
        expect(LARGE not in scene.published(out), f"part {LARGE} was made by a process without a parent")
    else:
        os.kill(writer, signal.SIGCONT)
        said = ""
    driver.ended()
    if engine.ends_with_driver:
        scene.wait_for_quiet(out)
    before = scene.published(out)
    after = scene.drive(engine, out)
    scene.check(out)
    expect(not before & after.parts() or not engine.ends_with_driver, f"parts {before & after.parts()} were done again")
    return f"{said}{len(before)} parts were there, the second driver did {len(after.parts())}"


def driver_told_to_end(scene: Scene, engine) -> str:
    """The driver gets SIGTERM: it ends with 130, its parts with it, and another goes on."""
    out = scene.out()
    driver = scene.start(engine, out)
    writer = scene.writer(out, driver)
    os.kill(driver.process.pid, signal.SIGTERM)
    os.kill(writer, signal.SIGCONT)
    driver.ended(130)
    scene.drive(engine, out)
    scene.check(out)
    return ""


def fails_twice(scene: Scene, engine) -> str:
    out = scene.out()
    counts = out.with_name(out.name + ".counts")
    program = scene.wrapper(
        f"if [ \"$part\" = 5 ] && [ \"$(cat {counts} 2>/dev/null | wc -l)\" -lt 2 ]; then\n"
        f"  echo again >> {counts}; {FAILURE}\nfi")
    scene.drive(engine, out, program=program)
    scene.check(out)
    expect(counts.read_text() == "again\nagain\n", "two failures before")
    return ""


def fails_always(scene: Scene, engine) -> str:
    """All others are published, part and reason are named, and the next run does that one alone."""
    out = scene.out()
    program = scene.wrapper(f"if [ \"$part\" = 5 ]; then {FAILURE}; fi")
    ending = scene.drive(engine, out, "--attempts", 2, program=program, code=75)
    expect(scene.published(out) == set(range(PARTS)) - {5}, f"published are {scene.published(out)}")
    line = next((line for line in ending.said().splitlines() if line.startswith("failed ")), "")
    expect("part 5, 2 attempts" in line and "74: error: made to fail" in line, f"what is said: {ending.said()}")
    after = scene.drive(engine, out)
    expect(after.parts() == {5}, f"expected part 5 alone, found {after.parts()}")
    scene.check(out)
    return ""


def hangs(scene: Scene, engine) -> str:
    out = scene.out()
    program = scene.wrapper("if [ \"$part\" = 5 ]; then exec sleep 100; fi")
    ending = scene.drive(engine, out, "--attempts", 1, "--time-limit", 4, program=program, code=75)
    expect("124: expected an end within 4 s" in ending.said(), f"what is said: {ending.said()}")
    expect(5 not in scene.published(out), "part 5 is not there")
    scene.drive(engine, out)
    scene.check(out)
    return ""


def wrong_input(scene: Scene, engine) -> str:
    """Wrong input stops all at once, and the reason is told."""
    out = scene.out()
    images = scene.work / "images"
    images.rename(scene.work / "elsewhere")
    try:
        ending = scene.drive(engine, out, code=65)
    finally:
        (scene.work / "elsewhere").rename(images)
    expect("error: part" in ending.said() and "images" in ending.said(), f"what is said: {ending.said()}")
    expect(not scene.published(out), "nothing is published")
    return ""


def scratch_full(scene: Scene, engine) -> str:
    """Without room in the scratch folder a part fails; with a second folder it is made there."""
    out = scene.out()
    small, roomy = out.with_name("scratch1"), out.with_name("scratch2")
    roomy.mkdir(exist_ok=True)
    with Memory(scene, small, "8M"):
        ending = scene.drive(engine, out, "--scratch", small, "--attempts", 1, code=75)
        expect(scene.published(out) == set(range(PARTS)) - {LARGE}, f"published are {scene.published(out)}")
        expect("free space" in ending.said(), f"what is said: {ending.said()}")
        scene.drive(engine, out, "--scratch", f"{small},{roomy}")
        scene.check(out)
        left = [str(path) for folder in (small, roomy) for path in folder.rglob("*.lmdb")]
        expect(not left, f"{left} is left in the scratch folders")
    return ""


def output_full(scene: Scene, engine) -> str:
    """Without room for the outputs some parts are published whole, and no more; with room the rest follows."""
    out = scene.out()
    with Memory(scene, out, "8M"):
        ending = scene.drive(engine, out, "--attempts", 1, code=75)
        published = scene.published(out)
        expect(LARGE not in published and published, f"published are {published}")
        expect("free space" in ending.said(), f"what is said: {ending.said()}")
        for part in published:
            for path in out.glob(f"t-{part:05}-*.*"):
                if path.is_file():
                    expect(path.read_bytes() == scene.expected[path.name], f"{path.name} has other bytes")
        subprocess.run(["mount", "-o", "remount,size=1G", out], check=True)
        scene.drive(engine, out)
        scene.check(out)
    return f"{len(published)} parts were published"


def two_drivers(scene: Scene, engine) -> str:
    """Two drivers, where there are others of two engines, on one output at once."""
    out = scene.out()
    scratch = out.with_name("scratch3")
    scratch.mkdir(exist_ok=True)
    drivers = [scene.start(engine, out), scene.start(engine.other, out, "--scratch", scratch)]
    for driver in drivers:
        driver.ended(0)
    scene.check(out)
    return f"{engine.name} and {engine.other.name}"


def damaged_parts(scene: Scene, engine) -> str:
    """Each file of a part cut short, removed, or with one byte changed."""
    out = scene.out()
    scene.drive(engine, out)
    names = sorted(path.name for path in out.glob("t-00001-of-*"))
    tried = 0
    for name in names:
        for damage in [cut, removed, flipped]:
            if damage is not removed and not (out / name).stat().st_size:
                continue
            damage(out / name)
            is_foreign = damage is removed and name.endswith(".part.json")
            options = ["--verify"] if damage is flipped else ["--overwrite"] if is_foreign else []
            if is_foreign:  # Without it the files may be the user's.
                scene.drive(engine, out, code=64)
            after = scene.drive(engine, out, *options)
            expect(after.parts() == {1}, f"{name} {damage.__name__}: expected part 1 again, found {after.parts()}")
            scene.check(out)
            tried += 1
    return f"{tried} kinds of damage"


def killed_while_named(scene: Scene, engine) -> str:
    """sixdof is killed at every third of the calls that give a part's files their names, without and with a scratch
    folder. Whatever is left, the driver makes a part of it, with no link and no folder."""
    shim = Shim.compiled(scene.work)
    out = scene.out()
    scratch = out.with_name("scratch4")
    scratch.mkdir(exist_ok=True)
    for part in range(1, PARTS):
        scene.sixdof("build", "--plan", "plan.json", "--part", part, "--output", out / "t", "--progress", "none")
    kills = links = 0
    for options in [[], ["--scratch", scratch]]:
        words = [scene.program, "build", "--plan", "plan.json", "--part", "0", "--output", out / "t", "--jobs", "1",
                 "--progress", "none", *options]
        for call in ["symlink", "rename"]:
            for number in range(1, 100, 3):
                fault = shim.counting(out, out.with_name("counts"), f"{call}:{number}:SIGKILL")
                done = subprocess.run(words, cwd=scene.work, env=os.environ | fault, capture_output=True)
                if done.returncode == 0:
                    break
                expect(done.returncode == -signal.SIGKILL, f"{call} {number}: ended with {done.returncode}")
                kills += 1
                links += any(path.is_symlink() for path in out.glob("t-00000-*"))
                scene.drive(engine, out, *options)
                scene.check(out)
                expect(not any(path.is_symlink() for path in out.iterdir()), f"{call} {number}: a link is left")
                for path in out.glob("t-00000-*"):
                    path.unlink()
            for path in out.glob("t-00000-*"):
                path.unlink()
    expect(kills > 4 and links > 0, f"{kills} kills, {links} of which left links")
    return f"{kills} kills, {links} of which left links"


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def removed(path: Path) -> None:
    path.unlink()


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    # In an LMDB, inside of an image: room that holds nothing may hold anything.
    image = content.find(b"\xff\xd8\xff")
    content[image + 40 if image >= 0 else len(content) // 2] ^= 1
    path.write_bytes(content)


class Memory:
    """A small file system in memory."""

    def __init__(self, scene: Scene, folder: Path, room: str):
        self.folder, self.room = folder, room
        if not scene.can_mount:
            raise NotPossible("nothing can be mounted here")

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.room}", "enginetest", self.folder], check=True)

    def __exit__(self, *_):
        for _ in range(50):
            if subprocess.run(["umount", self.folder], capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        subprocess.run(["umount", "--lazy", self.folder], check=True)


class NotPossible(Exception):
    """A case that this machine does not allow; the text says why."""


CASES = [worker_killed, driver_killed, driver_told_to_end, fails_twice, fails_always, hangs, wrong_input, scratch_full,
         output_full, two_drivers, damaged_parts, killed_while_named]
# Those that concern published parts are no matter of the engine, so one does them.
ONCE = [damaged_parts, killed_while_named]
