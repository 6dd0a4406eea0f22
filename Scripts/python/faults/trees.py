"""What a folder holds: as the disk has it, and as a person reads it who follows links."""

import os
import stat


def tree(folder, leave_out=lambda name: False):
    """Each name in a folder, at any depth, with its kind, mode and content."""
    found = {}

    def walk(path, prefix):
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            name = prefix + entry.name
            if leave_out(name):
                continue
            status = entry.stat(follow_symlinks=False)
            if entry.is_symlink():
                found[name] = ("link", os.readlink(entry.path))
            elif entry.is_dir():
                found[name] = ("folder", stat.S_IMODE(status.st_mode))
                walk(entry.path, name + "/")
            else:
                found[name] = ("file", stat.S_IMODE(status.st_mode), contents(entry.path))

    walk(folder, "")
    return found


def reading(folder, name):
    """What someone reads under a name; None where the name leads nowhere."""
    path = os.path.join(folder, name)
    if os.path.isdir(path):
        return {inner: entry for inner, entry in tree(path).items()}
    return contents(path) if os.path.exists(path) else None


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def first_change(before, after):
    """The first name at which two trees differ, with what happened to it; None where they are equal."""
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            return f"{name} is gone"
        if name not in before:
            return f"{name} was added"
        if before[name] != after[name]:
            return f"{name} was changed"
    return None
