"""One call of a run fails, or the run ends there: every call of every kind, with each fault that may befall it."""

import shutil
import signal

from .judging import Fault, after_disturbance, after_following_run, expect, is_unfinished
from .shim import Tally

SIGNALS = {"SIGKILL": 9, "SIGTERM": 15, "SIGINT": 2, "SIGHUP": 1}
WRITING = ["ENOSPC", "EIO", "EDQUOT", "EINTR", "short"]
READING = ["EIO", "EINTR", "short", "eof"]
LOOKING = ["EIO", "EACCES"]
NAMING = ["EIO", "ENOSPC", "EDQUOT"]
# What may befall each call. A `+` goes on: a disk that is full stays full.
KINDS = {
    "open": ["EIO", "EINTR", "ENOSPC", "EMFILE"],
    "read": READING, "pread": READING,
    "write": [*WRITING, "+ENOSPC", "+EIO"], "pwrite": [*WRITING, "+ENOSPC", "+EIO"],
    "ftruncate": ["EIO", "EINTR", "ENOSPC"], "fallocate": ["ENOSPC", "EIO", "EDQUOT", "EINTR", "+EOPNOTSUPP"],
    "fsync": ["EIO", "ENOSPC", "EDQUOT", "+EIO"], "fdatasync": ["EIO", "ENOSPC"],
    "syncfs": ["EIO", "ENOSPC", "EDQUOT"],
    "msync": ["EIO", "ENOSPC"], "mmap": ["ENOMEM", "EIO"],
    "copy_file_range": ["EIO", "ENOSPC", "EDQUOT", "EINTR", "short", "eof", "EXDEV", "+EOPNOTSUPP"],
    "flock": ["EINTR", "ENOLCK", "EIO"],
    "fstat": ["EIO"], "stat": LOOKING, "lstat": LOOKING, "access": LOOKING, "readlink": LOOKING,
    "opendir": ["EIO", "EACCES", "EMFILE"], "readdir": ["EIO"],
    "rename": [*NAMING, "+EIO"], "renameat2": [*NAMING, "+EINVAL"], "link": ["EIO", "EPERM", "+EPERM"],
    "symlink": ["EIO", "ENOSPC", "EPERM", "+EPERM"], "mkdir": NAMING, "unlink": ["EIO", "EROFS"],
    "rmdir": ["EIO"], "chmod": ["EIO", "EPERM"], "setxattr": ["EOPNOTSUPP", "ENOSPC"],
}
UNSUPPORTED = {"EINVAL", "EPERM", "EOPNOTSUPP"}
# An image, or another of many files, that cannot be read is a finding, and the run goes on without it.
READ_CALLS = {"open", "read", "pread", "mmap", "fstat", "stat", "lstat", "access", "opendir", "readdir",
              "copy_file_range"}
ERROR_WORDS = ["nput/output error", "ermission denied", "oo many open files", "o space left",
               "annot allocate memory", "be read", "nterrupted system call", "annot be opened"]


def cases(course):
    """The names of all faults of a command: CALL:N:KIND, as the shim is told."""
    for call, count in course.calls.items():
        for n in range(1, count + 1):
            for kind in [*KINDS[call], *SIGNALS]:
                if kind[0] != "+":
                    yield f"{call}:{n}:{kind}"
                # What a file system cannot do it never could.
                elif kind[1:] not in UNSUPPORTED or n == 1 and not course.command.killed:
                    yield f"{call}:{n}+:{kind[1:]}"


def run(scene, course, case, shim, thorough):
    """Tries one fault. Gives what became of it."""
    call, _, kind = case.split(":")
    scene.prepare(course.start)
    ending = scene.run(course.command.words, shim.counting(scene.disk, scene.counts, case))
    tally = Tally(scene.counts)
    if not tally.fired:
        return "not reached"
    try:
        return judge(scene, course, case, ending, tally, thorough)
    except Fault as fault:
        raise Fault(f"at {tally.place}: {fault}") from None


def judge(scene, course, case, ending, tally, thorough):
    call, _, kind = case.split(":")
    signals = [SIGNALS[kind]] if kind in SIGNALS else []
    if tally.place.startswith("libopenvino") and ending.code == -signal.SIGABRT:
        # An exception that leaves OpenVINO's own loading of its plugins ends any process.
        after_disturbance(scene, course, ending, [signal.SIGABRT])
        return "OpenVINO's"
    is_of_input = tally.place.startswith("in/") and call in READ_CALLS

    def told(scene, ending):
        return is_of_input and is_told(scene, ending, kind)

    found = after_disturbance(scene, course, ending, signals, told)
    if found == "told":
        return "told"
    if kind[0] == "E" and ending.code not in (0, 2):
        # That an output's place may not be entered is a refusal as well as a failure.
        right = {74, 75} | ({64} if kind == "EACCES" and tally.place.startswith("out") else set())
        expect(ending.code in right,
               f"an error of the system ended with {ending.code}, not 74: {ending.last_words}")
    # A folder without its mark is not replaced later, as ARCHITECTURE says.
    if call != "setxattr":
        follow(scene, course, found, thorough, case)
    return "rode out" if ending.code in (0, 2) else f"exit {ending.code}"


def is_told(scene, ending, kind):
    """Whether what the run said, or its log of issues, tells of a failure to read.

    A system's error has to be called one: who reads that an image is missing looks in the wrong place.
    """
    logs = [path.read_text(errors="replace") for path in (scene.disk / "out").glob("*.issues.jsonl")]
    text = "\n".join([ending.said, *logs])
    if kind[0] == "E":
        return any(word in text for word in ERROR_WORDS)
    return "error:" in text or '"severity":"error"' in text


def follow(scene, course, found, thorough, case, may_refuse=False):
    """The command again, from what was left: gone on with where that can be done, and anew.

    Says what became of it.
    """
    if not course.resumes:
        return after_following_run(scene, course, False, found)
    if not thorough:
        # One of the two; which, depends on the case alone.
        return after_following_run(scene, course, sum(case.encode()) % 3 > 0, found, may_refuse)
    left = scene.folder / "left"
    shutil.rmtree(left, ignore_errors=True)
    if is_unfinished(scene, course):
        shutil.copytree(scene.disk / "out", left, symlinks=True)
    word = after_following_run(scene, course, True, found, may_refuse)
    if left.exists():
        scene.put(left)
        after_following_run(scene, course, False, found)
    return word
