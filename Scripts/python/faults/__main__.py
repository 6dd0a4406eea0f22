"""`python -m faults`: disturbs runs, and exits with 1 when one of them harmed something."""

import argparse
import os
import queue
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from . import faults, kills, power
from .commands import COMMANDS
from .judging import Fault
from .scene import NotDone, Scene, Undetermined, make_inputs, survey
from .shim import Shim

GROUPS = ["faults", "kills", "power"]
# How many cases the short form draws of each group.
SHORT = {"faults": 80, "kills": 26, "power": 44}


class Campaign:
    def __init__(self, options):
        self.options = options
        self.shim = Shim.compiled(options.work)
        self.lock = threading.Lock()
        self.outcomes = {}
        self.kinds = Counter()
        self.failed = []
        self.courses = []
        self.began = time.monotonic()
        self.end = None

    def prepare(self):
        """Makes the inputs, and sees what each command does undisturbed."""
        source = self.options.work / "source"
        source.mkdir()
        make_inputs(self.options.program, source)
        self.scenes = [Scene(self.options.program, self.options.work / f"scene{i}", source)
                       for i in range(self.options.jobs)]
        wanted = [command for command in COMMANDS if self.is_wanted(command)]
        self.each(wanted, self.survey)
        self.courses.sort(key=lambda course: wanted.index(course.command))
        if self.options.seconds:
            self.end = time.monotonic() + self.options.seconds

    def is_wanted(self, command):
        if self.options.command:
            return command.name in self.options.command
        if self.options.case:
            return command.name == self.options.case.split("/")[1]
        return self.options.long or not command.needs_networks

    def survey(self, scene, command):
        try:
            course = survey(scene, command, self.shim, self.options.work)
            with self.lock:
                self.courses.append(course)
        except NotDone as reason:
            self.say(f"skip  {command.name}: {reason}")
        except Undetermined as reason:
            # Without networks nothing can be found in images, which is no fault; anything else is one.
            if command.needs_networks and "ended with 69" in str(reason):
                self.say(f"skip  {command.name}: the networks are not there")
            else:
                self.fail("all", command.name, "undisturbed", str(reason))

    def cases(self):
        """All cases of the wanted groups, in an order in which any first part has a little of each."""
        draw = random.Random(self.options.seed)
        if self.options.case:
            group, _, case = self.options.case.split("/", 2)
            return [(group, course, case) for course in self.courses]
        result = []
        for group in self.options.only:
            entries = [(group, course, case) for course in self.courses
                       for case in self.cases_of(group, course, draw)
                       if re.search(self.options.match, case)]
            every = self.options.every
            ordered = spread(entries[draw.randrange(every)::every], draw)
            result.append(ordered if self.options.long else ordered[:SHORT[group]])
        return result[0] if len(result) == 1 else woven(result)

    def cases_of(self, group, course, draw):
        is_slow = course.command.needs_networks
        if group == "faults":
            return faults.cases(course)
        if group == "kills":
            return kills.cases(course, draw, 10 if is_slow else 40)
        return power.cases(course, draw, 1)

    def try_case(self, scene, entry):
        group, course, case = entry
        if self.end and time.monotonic() > self.end:
            return self.count(group, course.command.name, "left out")
        with self.lock:
            # A fault by what befell the call, any other case by how it began.
            self.kinds[case.split(":")[2 if group == "faults" else 0] if group != "power" else "power cut"] += 1
        thorough = self.options.long or bool(self.options.case)
        try:
            if group == "faults":
                outcome = faults.run(scene, course, case, self.shim, thorough)
            elif group == "kills":
                outcome = kills.run(scene, course, case, self.options.can_mount, thorough)
            else:
                outcome = power.run(scene, course, case, self.shim, thorough)
            self.count(group, course.command.name, outcome)
        except Fault as fault:
            self.fail(group, course.command.name, case, str(fault))
        except Exception as error:  # a campaign goes on, and says what it could not judge
            self.fail(group, course.command.name, case, f"{type(error).__name__}: {error}")

    def count(self, group, command, outcome):
        with self.lock:
            self.outcomes.setdefault((group, command), Counter())[outcome] += 1

    def fail(self, group, command, case, text):
        self.count(group, command, "FAILED")
        with self.lock:
            self.failed.append((group, command, case))
        text = " ".join(text.replace(str(self.options.work), "").split())
        self.say(f"FAIL  {group} {command} {case}: {text}; repeat: SIXDOF={self.options.program} "
                 f"Scripts/faults --keep --case '{group}/{command}/{case}'")

    def say(self, line):
        with self.lock:
            print(line, flush=True)

    def each(self, entries, work):
        """Does something with each entry, as many at once as there are scenes."""
        waiting = queue.SimpleQueue()
        for entry in entries:
            waiting.put(entry)

        def go_on(scene):
            while True:
                try:
                    entry = waiting.get_nowait()
                except queue.Empty:
                    return
                work(scene, entry)

        threads = [threading.Thread(target=go_on, args=(scene,)) for scene in self.scenes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def report(self):
        """One line a group; of the long form, one a group and command."""
        lines = {}
        for (group, command), outcomes in self.outcomes.items():
            key = f"{group} {command}" if self.options.long or self.options.case else group
            lines.setdefault(key, Counter()).update(outcomes)
        for key in sorted(lines):
            outcomes = lines[key]
            tried = outcomes.total() - outcomes["left out"]
            said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()) if count)
            print(f"{'FAIL' if outcomes['FAILED'] else 'ok  '}  {key}: {tried} tried: {said}")
        print("tried: " + ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common()))
        print(f"{len(self.failed)} failed; {time.monotonic() - self.began:.0f} s, seed {self.options.seed}")


def spread(entries, draw):
    """Shuffled, and then by turns of command and kind, so that each kind comes early."""
    buckets = {}
    for group, course, case in draw.sample(entries, len(entries)):
        kind = case.split(":")[0] if group != "power" else ""
        buckets.setdefault((course.command.name, kind), []).append((group, course, case))
    rows = draw.sample(list(buckets.values()), len(buckets))
    return [row[i] for i in range(max(map(len, rows), default=0)) for row in rows if i < len(row)]


def woven(lists):
    """Several lists as one, each spread over its length."""
    places = ((i / len(entries), entry) for entries in lists for i, entry in enumerate(entries))
    return [entry for _, entry in sorted(places, key=lambda pair: pair[0])]


def mount_memory(folder):
    """Puts a file system in memory there, where syncs cost nothing. False where that does not serve."""
    try:
        subprocess.run(["mount", "-t", "tmpfs", "sixdof-faults", folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    try:
        os.setxattr(folder, "user.sixdof.test", b"1")
        return True
    except OSError:
        # Folders that sixdof made are known by attributes; memory has had them since Linux 6.6.
        subprocess.run(["umount", folder], check=True)
        return False


def parsed_options():
    parser = argparse.ArgumentParser(prog="faults")
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--can-mount", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", action="append", choices=GROUPS)
    parser.add_argument("--command", action="append", choices=[command.name for command in COMMANDS])
    parser.add_argument("--match", default="")
    parser.add_argument("--case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--jobs", type=int, choices=range(1, 11), default=2)
    options = parser.parse_args()
    options.program = options.program.resolve()
    options.only = options.only or GROUPS
    if options.case:
        options.only = [options.case.split("/")[0]]
        options.jobs = 1
    if not options.long and not options.seconds and not options.case:
        options.seconds = 40
    return options


def main():
    options = parsed_options()
    if options.can_mount:
        mount_memory(options.work)
    campaign = Campaign(options)
    campaign.prepare()
    campaign.each(campaign.cases(), campaign.try_case)
    campaign.report()
    sys.exit(1 if campaign.failed or not campaign.outcomes else 0)


if __name__ == "__main__":
    main()
