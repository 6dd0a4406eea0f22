"""Runs that are killed at random moments, lose their streams, find the disk full, or meet another run."""

import fcntl
import os
import resource
import shutil
import signal
import subprocess
import time

from .faults import follow
from .judging import (
    DONE, Fault, after_disturbance, after_following_run, expect, is_unfinished, state,
    users_files_are_as_they_were,
)
from .trees import tree

NUMBERS = {"KILL": signal.SIGKILL, "TERM": signal.SIGTERM, "INT": signal.SIGINT, "HUP": signal.SIGHUP,
           "PIPE": signal.SIGPIPE}
# A file system of so many kilobytes, from too small for a folder to enough for all but the largest runs.
DISK_SIZES = [4, 16, 32, 64, 100, 150, 200, 300, 1000, 4000, 20000, 66000, 70000, 100000, 135000, 140000]


def cases(course, random, kills):
    """`kills` is how many of them are by SIGKILL."""
    for i in range(kills):
        # Of some, the run that goes on is killed, too.
        again = f"+{random.uniform(0.02, 1.05):.3f}" if i % 4 == 3 else ""
        yield f"KILL:{random.uniform(0.02, 1.05):.3f}{again}"
    for name in ("TERM", "INT", "HUP", "PIPE"):
        for _ in range(max(1, kills // 8)):
            yield f"{name}:{random.uniform(0.02, 1.05):.3f}"
    yield from ("closed:0", "closed:1", "closed:2", "closed:012", "reader-gone:1", "reader-gone:2", "twins:0")
    yield from (f"twins:{random.uniform(0, 1):.3f}" for _ in range(max(1, kills // 8)))
    yield from (f"held:{0}", f"stale:{random.uniform(0.4, 0.9):.3f}")
    yield from (f"full:{size}" for size in DISK_SIZES)
    yield from (f"limit:{size}" for size in (0, 1, 8, 24, 100, 66000))


def run(scene, course, case, can_mount, thorough):
    kind, value = case.split(":")
    scene.prepare(course.start)
    if kind in NUMBERS:
        return killed(scene, course, case, NUMBERS[kind], map(float, value.split("+")), thorough)
    if kind == "full" and not can_mount:
        return "skipped, as nothing can be mounted"
    return WAYS[kind](scene, course, case, value, thorough)


def killed(scene, course, case, number, moments, thorough):
    words = course.command.words
    for moment in moments:
        ending = killed_at(scene, course, words, number, moment)
        found = after_disturbance(scene, course, ending, [number])
        if ending.code in DONE:
            break
        words = course.command.words + (["--resume"] if course.resumes else [])
    follow(scene, course, found, thorough, case)
    return "too late" if ending.code in DONE else f"exit {ending.code}"


def killed_at(scene, course, words, number, moment):
    began = time.monotonic()
    process = scene.start(words)
    time.sleep(moment * course.seconds)
    process.send_signal(number)
    return scene.ended(process, began)


def closed(scene, course, case, value, thorough):
    """Descriptors are closed, so that the first files opened get their numbers."""
    def close():
        for descriptor in value:
            os.close(int(descriptor))

    ending = scene.run(course.command.words, preexec_fn=close)
    ending.is_heard = "2" not in value
    return judged(scene, course, case, ending, thorough)


def reader_gone(scene, course, case, value, thorough):
    """Nobody reads what the program says."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ending = scene.run(course.command.words, **({"stdout": writing} if value == "1" else {"stderr": writing}))
    finally:
        os.close(writing)
    ending.is_heard = value != "2"
    return judged(scene, course, case, ending, thorough)


def full(scene, course, case, value, thorough):
    """The outputs' file system is full. When more room is made, the run can be gone on with."""
    out, aside = scene.disk / "out", scene.folder / "aside"
    shutil.rmtree(aside, ignore_errors=True)
    out.rename(aside)
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o"]
    subprocess.run([*mount, "size=512m", "sixdof-faults", out], check=True)
    try:
        shutil.copytree(aside, out, symlinks=True, dirs_exist_ok=True)
        used = os.statvfs(out)
        used = (used.f_blocks - used.f_bfree) * used.f_frsize // 1024
        subprocess.run([*mount, f"remount,size={used + int(value)}k", "sixdof-faults", out], check=True)
        ending = scene.run(course.command.words)
        found = after_disturbance(scene, course, ending)
        left = scene.folder / "left"
        shutil.rmtree(left, ignore_errors=True)
        shutil.copytree(out, left, symlinks=True)
    finally:
        subprocess.run(["umount", out], check=True)
    expect(ending.code in (0, 2, 74), f"a full disk ended with {ending.code}: {ending.last_words}")
    scene.put(left)
    follow(scene, course, found, thorough, case)
    return f"exit {ending.code}"


def limit(scene, course, case, value, thorough):
    """No file may be larger than so many kilobytes, as a quota has it; the signal for it is ignored."""
    def lower():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(value) * 1024, int(value) * 1024))

    return judged(scene, course, case, scene.run(course.command.words, preexec_fn=lower, stderr=subprocess.PIPE),
                  thorough)


def twins(scene, course, case, value, thorough):
    """Two runs of one output at once, the second a little later."""
    began = time.monotonic()
    first = scene.start(course.command.words)
    time.sleep(float(value) * course.seconds)
    second = scene.start(course.command.words)
    endings = [scene.ended(process, began) for process in (first, second)]
    codes = sorted(ending.code for ending in endings)
    done = [code for code in codes if code in DONE]
    said = " / ".join(ending.last_words for ending in endings if ending.code not in DONE)
    expect(done and all(code == course.code for code in done), f"two runs ended with {codes}: {said}")
    expect(all(code in (75, 64) for code in codes if code not in DONE), f"two runs ended with {codes}: {said}")
    users_files_are_as_they_were(scene, course)
    expect((found := state(scene, course)) == "new", f"two runs ended with {codes}, and the outputs are {found}")
    expect(not is_unfinished(scene, course), "two runs ended, and the unfinished folder stays")
    return f"exits {codes}"


def held(scene, course, case, value, thorough):
    """Another run holds the output."""
    folder = scene.disk / "out" / course.unfinished
    if not folder.exists():
        folder.mkdir()
        (folder / "run.json").write_text('{"sixdof": "run"}\n')
    with open(folder / "lock", "w") as lock:
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = tree(scene.disk / "out")
        ending = scene.run(course.command.words)
        expect(ending.code == 75, f"a held output ended with {ending.code}: {ending.last_words}")
        expect(before == tree(scene.disk / "out"), "a held output was changed")
    if course.command.killed:
        follow(scene, course, state(scene, course), thorough, case)
    else:
        # What was left is no run of this command's, so there is nothing to go on with.
        after_following_run(scene, course, False, "old")
    return "exit 75"


def stale(scene, course, case, value, thorough):
    """A run was killed, and the number in its lock is another program's now."""
    ending = killed_at(scene, course, course.command.words, signal.SIGKILL, float(value))
    found = after_disturbance(scene, course, ending, [signal.SIGKILL])
    lock = scene.disk / "out" / course.unfinished / "lock"
    if lock.exists():
        lock.write_text("1\n")
    follow(scene, course, found, thorough, case)
    return f"exit {ending.code}"


def judged(scene, course, case, ending, thorough):
    try:
        expect(ending.code in (0, 2, 74, -signal.SIGPIPE), f"expected exit code 0, 2 or 74: {ending.last_words}")
        found = after_disturbance(scene, course, ending, [signal.SIGPIPE])
        follow(scene, course, found, thorough, case)
    except Fault as fault:
        raise Fault(f"code {ending.code}: {fault}") from None
    return f"exit {ending.code}"


WAYS = {"closed": closed, "reader-gone": reader_gone, "full": full, "limit": limit, "twins": twins, "held": held,
        "stale": stale}
