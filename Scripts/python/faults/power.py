"""The power goes while a run writes, and the disk is what it may be when the power is back.

Of the names, a first part of what was done is there: at least all that a sync of its folder, or of all, made
durable, at most everything. Of a file's content, what was there at its last sync is sure; what was written
since may be there, or not, or in part, by pages of 4 KB.
"""

import os
import random
import shutil
from dataclasses import dataclass, field

from .faults import follow
from .judging import Fault, expect, state
from .scene import power_folders
from .trees import contents

PAGE = 4096


@dataclass
class Folder:
    entries: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    mode: int = 0o755


@dataclass(frozen=True)
class Link:
    target: str


@dataclass(frozen=True)
class File:
    inode: int


def cases(course, random, draws):
    """CUT:SEED, for each entry of the log, and one for a cut after the run's end; CUT+CUT:SEED also has the power
    go while the run is gone on with."""
    for cut in range(1, course.entries + 2):
        for i in range(draws):
            again = f"+{random.randint(1, course.entries)}" if (cut + i) % 3 == 0 else ""
            yield f"{cut}{again}:{random.randrange(1 << 30)}"


def run(scene, course, case, shim, thorough):
    cuts, seed = case.split(":")
    draw = random.Random(int(seed))
    scene.prepare(course.start)
    words, history = course.command.words, []
    try:
        for cut in map(int, cuts.split("+")):
            ending = run_until(scene, course, words, shim, cut, draw, history)
            found = state(scene, course)
            # Said by a run that had ended well before the power went.
            if ending.code == course.code:
                expect(found == "new", "the run had ended with success, and its outputs are not there")
                break
            words = course.command.words + (["--resume"] if course.resumes else [])
        word = follow(scene, course, found, thorough, case, may_refuse=True)
    except Fault as fault:
        raise Fault(f"{'; then '.join(history)}; {fault}") from None
    return f"{found}, {word}"


def run_until(scene, course, words, shim, cut, draw, history):
    """Runs until the power goes, and puts in place of `out` what the disk may hold when it is back."""
    out = scene.disk / "out"
    shadow = power_folders(scene)
    disk = recorded(out, shadow)
    ending = scene.run(words, shim.watching(out, shadow, cut))
    # A run that goes on may find that there is nothing to go on with, or say that what was left is damaged.
    right = {-9, course.code} | ({64, 65, 74} if history else set())
    expect(ending.code in right, f"before the cut it ended with {ending.code}: {ending.last_words}")
    lines = [line.split("\t") for line in (shadow / "log").read_text().splitlines()]
    sure = durable_count(lines)
    kept = draw.choice([sure, len(lines), draw.randint(sure, len(lines))])
    for line in lines[:kept]:
        apply(disk, out, line)
    loss = draw.choice(["all", "none", "some", "some"])
    history.append(f"cut after {len(lines)} entries, the last: {shortened(lines[-1:], out)}; "
                   f"{kept} kept of {sure} sure, unsynced content lost: {loss}")
    aside = scene.folder / "after-power"
    shutil.rmtree(aside, ignore_errors=True)
    write(disk, aside, shadow, loss, draw)
    scene.put(aside)
    return ending


def shortened(lines, out):
    words = [word for line in lines for word in line]
    return " ".join(os.path.relpath(word, out) if word.startswith("/") else word for word in words)


def recorded(folder, shadow):
    """What stands in a folder before the run, all of it durable."""
    names = [name for name in os.listxattr(folder) if name.startswith("user.")]
    node = Folder(mode=os.stat(folder).st_mode & 0o7777,
                  attributes={name: os.getxattr(folder, name) for name in names})
    for entry in os.scandir(folder):
        if entry.is_symlink():
            node.entries[entry.name] = Link(os.readlink(entry.path))
        elif entry.is_dir():
            node.entries[entry.name] = recorded(entry.path, shadow)
        else:
            inode = entry.inode()
            node.entries[entry.name] = File(inode)
            os.link(entry.path, shadow / "inode" / str(inode))
            shutil.copy2(entry.path, shadow / "durable" / str(inode))
    return node


def durable_count(lines):
    """How many of the first operations are sure to be on the disk."""
    sure = 0
    for i, (operation, *words) in enumerate(lines):
        if operation == "syncfs":
            sure = i + 1
        elif operation == "syncdir":
            for j in range(i, sure, -1):
                if any(os.path.dirname(word) == words[0] for word in lines[j - 1][1:]):
                    sure = j
                    break
    return sure


def apply(disk, out, line):
    """Repeats one operation on names."""
    operation, *words = line

    def place(path):
        node = disk
        *folders, name = os.path.relpath(path, out).split("/")
        for folder in folders:
            node = node.entries[folder]
        return node.entries, name

    if operation == "create":
        entries, name = place(words[0])
        entries[name] = File(int(words[1]))
    elif operation == "mkdir":
        entries, name = place(words[0])
        entries[name] = Folder()
    elif operation == "symlink":
        entries, name = place(words[1])
        entries[name] = Link(words[0])
    elif operation in ("unlink", "rmdir"):
        entries, name = place(words[0])
        # Where there are no nameless files, the C library makes one of ours out of the shim's sight.
        if name in entries or not name.startswith("sixdof-"):
            del entries[name]
    elif operation == "link":
        source, target = place(words[0]), place(words[1])
        target[0][target[1]] = source[0][source[1]]
    elif operation == "rename":
        source, target = place(words[0]), place(words[1])
        node = source[0][source[1]]
        # Two names of one file: rename leaves both.
        if isinstance(node, File) and target[0].get(target[1]) == node:
            return
        target[0][target[1]] = source[0].pop(source[1])
    elif operation == "exchange":
        (first, a), (second, b) = place(words[0]), place(words[1])
        first[a], second[b] = second[b], first[a]
    elif operation == "xattr":
        folder, name = place(words[0])
        if isinstance(folder[name], Folder):
            folder[name].attributes[words[1]] = bytes.fromhex(words[2])
    elif operation not in ("write", "sync", "syncdir", "syncfs"):
        raise AssertionError(f"the shim logged '{operation}'")


def write(node, path, shadow, loss, draw):
    """Makes the disk as it may be, in a folder."""
    if isinstance(node, Folder):
        os.mkdir(path)
        for name, inner in node.entries.items():
            write(inner, os.path.join(path, name), shadow, loss, draw)
        for name, value in node.attributes.items():
            os.setxattr(path, name, value)
        os.chmod(path, node.mode)
    elif isinstance(node, Link):
        os.symlink(node.target, path)
    else:
        now = shadow / "inode" / str(node.inode)
        with open(path, "wb") as file:
            write_content(file, now, shadow / "durable" / str(node.inode), loss, draw)
        shutil.copymode(now, path)


def write_content(file, now, durable, loss, draw):
    new = contents(now)
    old = contents(durable) if durable.exists() else b""
    if loss == "some":
        loss = draw.choice(["all", "none", "torn", "torn", "torn"])
    if new == old or loss == "none":
        content = new
    elif loss == "all":
        content = old
    else:
        content = torn(old, new, draw)
    # Room that was only reserved stays a hole: most of an unfinished LMDB.
    end = content.rstrip(b"\0")
    file.write(end)
    file.truncate(len(content))


def torn(old, new, draw):
    """Each page from one or the other; of the length that one of them has."""
    length = draw.choice([len(old), len(new)])
    share = draw.choice([0.1, 0.5, 0.9])
    used = max(len(old.rstrip(b"\0")), len(new.rstrip(b"\0")))
    pages = []
    for start in range(0, min(length, used), PAGE):
        source = new if draw.random() < share else old
        pages.append(source[start:start + PAGE].ljust(PAGE, b"\0"))
    return b"".join(pages)[:length].ljust(length, b"\0")
