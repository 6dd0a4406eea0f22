"""What must hold after a run that was disturbed, and after the runs that follow it."""

import os

from .trees import first_change, reading, tree

# DESIGN §12: what a process ends with, and nothing else.
CODES = {0, 2, 64, 65, 69, 74, 75, 130, 143}
DONE = {0, 2}
# What a message names that says where something failed.
PLACES = ("in/", "out/", "out:", "tmp/", "temporary file", "standard output", "label", "wider")


class Fault(Exception):
    """What the program did and should not have done."""


def expect(condition, text):
    if not condition:
        raise Fault(text)


def state(scene, course):
    """'old' or 'new', as a person reads the outputs; a mixture is a fault."""
    out = scene.disk / "out"
    found = {name: reading(out, name) for name in course.new}
    # In this order: where the two are the same, a run that is done has its outputs.
    if found == course.new:
        return "new"
    if found == course.old:
        return "old"
    raise Fault("mixed outputs: " + ", ".join(
        f"{name} {which(found[name], course.old[name], course.new[name])}" for name in sorted(found)))


def which(found, old, new):
    if found == old:
        return "absent" if found is None else "old"
    if found == new:
        return "removed" if found is None else "new"
    if found is None:
        return "gone"
    if isinstance(found, dict) and isinstance(new, dict):
        return f"a folder in which, against the new one, {first_change(new, found)}"
    return "damaged"


def users_files_are_as_they_were(scene, course):
    out = scene.disk / "out"
    ours = set(course.new) | {course.unfinished}
    others = tree(out, lambda name: name.split("/")[0] in ours)
    change = first_change(course.others, others)
    expect(change is None, f"beside the outputs {change}")
    expect(not scene.inputs_changed(), "an input was changed")


def cleared_or_said(scene, course, ending):
    """Where the unfinished folder cannot be removed after success, somebody has to know."""
    expect(not is_unfinished(scene, course) or course.unfinished in ending.said,
           f"done, and {course.unfinished} stays, which nothing says")


def is_unfinished(scene, course):
    return os.path.lexists(scene.disk / "out" / course.unfinished)


def after_disturbance(scene, course, ending, signals=(), told=None):
    """Checks a run that was disturbed.

    `signals` are those that were sent. `told` is whether a run may have other outputs and say why: an image that
    cannot be read is a finding, and the run goes on without it.
    """
    allowed = CODES | {-number for number in signals}
    expect(ending.code in allowed,
           f"ended with {ending.code}: {ending.last_words}" if ending.code != 99 else ending.said)
    users_files_are_as_they_were(scene, course)
    if ending.code == 2 and told and told(scene, ending):
        cleared_or_said(scene, course, ending)
        return "told"
    found = state(scene, course)
    if ending.code in DONE:
        expect(ending.code == course.code and found == "new",
               f"exit code {ending.code} where {course.code} is right, outputs are {found}: {ending.last_words}")
        cleared_or_said(scene, course, ending)
    elif not ending.is_heard:
        return found
    elif ending.code == 74:
        expect(any(place in ending.said for place in PLACES), f"the message names no file: {ending.last_words}")
    # What fails before the outputs are begun, such as an input, leaves an earlier run's folder as it was.
    is_begun = not course.begins_unfinished or course.unfinished in ending.said
    if ending.code in (74, 130, 143) and is_unfinished(scene, course) and is_begun:
        expect(course.unfinished in ending.said,
               f"{course.unfinished} stays and is not named: {ending.last_words}")
        if course.resumes:
            expect("--resume" in ending.said or "until a run" in ending.said,
                   f"the message does not say how to go on: {ending.last_words}")
    return found


def after_following_run(scene, course, resumes, found, may_refuse=False):
    """Runs the command again, undisturbed, and checks that all ends well.

    `found` is what the outputs were before. `may_refuse` is for `--resume` after a power cut, which may say that
    what was left is damaged and how to start anew. Gives what became of it, in a word.
    """
    words = course.command.words + (["--resume"] if resumes else [])
    how = "with --resume" if resumes else "again"
    ending = scene.run(words)
    users_files_are_as_they_were(scene, course)
    now = state(scene, course)
    if ending.code == 64 and found == "new" and not course.command.overwrites:
        # The outputs are whole and there, which this command refuses to replace; asked to, it does.
        expect(now == "new", f"{how}: refused, and the outputs are {now}")
        if "--overwrite" in ending.said and not resumes and is_unfinished(scene, course):
            ending = scene.run(course.command.words + ["--overwrite"])
            expect(ending.code == course.code,
                   f"again with --overwrite: ended with {ending.code}: {ending.last_words}")
            expect(not is_unfinished(scene, course), "again with --overwrite: the unfinished folder stays")
        return "whole already"
    if may_refuse and resumes and ending.code in (64, 65, 74):
        expect("without --resume" in ending.said or "anew" in ending.said,
               f"{how}: ended with {ending.code} and says no way on: {ending.last_words}")
        expect(now == found, f"{how}: refused, and the outputs went from {found} to {now}")
        after_following_run(scene, course, False, now)
        return "said to be damaged"
    expect(ending.code == course.code or (ending.code == 0 and now == "new"),
           f"{how}: ended with {ending.code}: {ending.last_words}")
    expect(now == "new", f"{how}: done, and the outputs are {now}")
    expect(not is_unfinished(scene, course), f"{how}: done, and the unfinished folder stays")
    return "gone on with" if resumes else "made anew"
