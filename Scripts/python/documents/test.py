"""Runs the examples of the pages and of the help texts, and compares what is claimed. See Scripts/doctest."""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from documents import helps, links, pages, samples

WIDEST = 80
SECONDS = 120


class Outcome:
    """What came of one page."""

    def __init__(self, name):
        self.name = name
        self.ran = 0
        self.compared = 0
        self.skipped = []
        self.failures = []
        self.updated = None
        self.seconds = 0.0

    def fail(self, line, text):
        self.failures.append(f"{self.name}:{line}: {text}")


class Shell:
    """Commands one by one in one folder, each with the exit code of the one before as `$?`."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.code = 0

    def run(self, command):
        script = f"(exit {self.code})\n{command}"
        try:
            done = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.code = -1
            return [f"(nothing for {SECONDS} s)"]
        self.code = done.returncode
        return pages.without_progress(done.stdout.decode("utf-8", "replace").splitlines())


def environment(program, root, scratch):
    """The program, Python and no colours, whatever the caller's terminal is."""
    tools = scratch / "bin"
    tools.mkdir()
    (tools / "sixdof").symlink_to(Path(program).resolve())
    # A virtual environment is found by the folder of the program that is called.
    path = [str(tools), str(Path(sys.executable).parent), os.environ["PATH"]]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIXDOF") or name == "SIXDOF_INFERENCE"}
    return kept | {"PATH": ":".join(path), "SIXDOF": str(Path(program).resolve()), "COLUMNS": str(WIDEST), "NO_COLOR": "1",
                   "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONPATH": str(root / "Scripts/python"), "PYTHONDONTWRITEBYTECODE": "1"}


def wide(outcome, first, lines):
    for number, line in enumerate(lines):
        if len(line) > WIDEST + len("$ "):
            outcome.fail(first + number, f"expected a command of at most {WIDEST} columns, found {len(line)}")


def console(outcome, block, shell, replaced):
    said = pages.commands(block.lines)
    for place, (first, command, expected) in enumerate(said):
        wide(outcome, block.first + 1 + first, command.splitlines())
        actual = shell.run(command)
        outcome.ran += 1
        outcome.compared += 1
        following = said[place + 1][1] if place + 1 < len(said) else ""
        line = block.first + 1 + first
        if shell.code and "$?" not in following:
            outcome.fail(line, f"'{command}' ended with {shell.code}; " + " / ".join(actual[-3:]))
        if not pages.matches(expected, actual):
            outcome.fail(line, f"'{command}' says something else:\n" + differing(expected, actual))
            replaced.append((block, first, command, expected, actual))


def differing(expected, actual):
    return "\n".join(["    expected:", *("      " + line for line in expected), "    found:", *("      " + line for line in actual)])


def script(outcome, block, shell):
    """Each command of the block by itself, so that a failure has its line."""
    number = 0
    while number < len(block.lines):
        first, command = number, block.lines[number]
        while command.endswith("\\") and number + 1 < len(block.lines):
            number += 1
            command += "\n" + block.lines[number]
        number += 1
        if not command.strip() or command.startswith("#"):
            continue
        wide(outcome, block.first + 1 + first, command.splitlines())
        said = shell.run(command)
        outcome.ran += 1
        if shell.code:
            outcome.fail(block.first + 1 + first, f"'{command}' ended with {shell.code}; " + " / ".join(said[-3:]))


def python(outcome, block, shell):
    text = "\n".join(block.lines) + "\n"
    for module in sorted(set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))):
        if importlib.util.find_spec(module) is None:
            outcome.skipped.append(f"a block of Python that needs {module}")
            return
    (shell.folder / "example.py").write_text(text, encoding="utf-8")
    shell.code = 0
    said = shell.run("python3 example.py")
    outcome.ran += 1
    if shell.code:
        outcome.fail(block.first, f"Python ended with {shell.code}; " + " / ".join(said[-3:]))


def page(path, name, folder, env):
    outcome, shell, replaced = Outcome(name), Shell(folder, env), []
    found = pages.read(path)
    for block in found.blocks:
        if block.language not in ("console", "sh", "python"):
            if any(re.match(r"\s*(\$ )?sixdof ", line) for line in block.lines):
                outcome.fail(block.first, "expected commands in a block of sh or console, which is run")
            continue
        if block.reason:
            outcome.skipped.append(block.reason)
            continue
        shell.code = 0
        run = {"console": lambda: console(outcome, block, shell, replaced), "sh": lambda: script(outcome, block, shell),
               "python": lambda: python(outcome, block, shell)}[block.language]
        run()
    for number, line in found.prose:
        if line.startswith("    "):
            outcome.fail(number, "expected code in a block with its language, so that it is run")
    if replaced:
        outcome.updated = updated(found.text.splitlines(), replaced)
    return outcome


def updated(lines, replaced):
    """The page with what was found in place of what was said, from its end on."""
    for block, first, command, expected, actual in reversed(replaced):
        start = block.first + first + len(command.splitlines())
        lines[start:start + len(expected)] = actual
    return "\n".join(lines) + "\n"


def help_of(command, folder, env):
    """The examples of one command's help, in the order in which they stand there."""
    outcome, shell = Outcome(f"sixdof help {command}".strip()), Shell(folder, env)
    text = shell.run(f"sixdof help {command}")
    for number, example, fault in helps.examples(text):
        if fault:
            outcome.fail(number, fault)
            continue
        reason = helps.about(example, helps.NOT_RUN, None)
        if reason:
            outcome.skipped.append(reason)
            continue
        for before in helps.about(example, helps.BEFORE, ()):
            said = shell.run(before)
            if shell.code not in (0, 2):
                outcome.fail(number, f"'{before}', which prepares an example, ended with {shell.code}; " + " / ".join(said[-3:]))
        shell.code = 0
        said = shell.run(example)
        outcome.ran += 1
        expected = helps.about(example, helps.CODES, 0)
        if shell.code != expected:
            outcome.fail(number, f"'{example}' ended with {shell.code}, expected {expected}; " + " / ".join(said[-3:]))
    return outcome


def main():
    parser = argparse.ArgumentParser(prog="Scripts/doctest")
    parser.add_argument("--program", required=True)
    parser.add_argument("--root", required=True, type=Path)
    parser.add_argument("--shared", required=True, type=Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--samples", type=Path, metavar="FOLDER")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    started = time.monotonic()

    scratch = Path(tempfile.mkdtemp(prefix="sixdof-doctest."))
    try:
        if arguments.samples:
            samples.make(arguments.samples, environment(arguments.program, arguments.root, scratch))
            print(f"{arguments.samples} has the samples")
            return
        failed = run(arguments, scratch, started)
    finally:
        if arguments.keep:
            print(f"kept {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(1 if failed else 0)


def run(arguments, scratch, started):
    root = arguments.root
    env = environment(arguments.program, root, scratch)
    samples.make(scratch / "samples", env)

    def wanted(name):
        return not arguments.names or any(word in name for word in arguments.names)

    def with_samples(folder):
        samples.copied(scratch / "samples", folder)

    def with_real_samples(folder):
        samples.make_real(arguments.shared, folder, env)

    # How the folder begins, and what is done in it. The help texts' take the longest.
    tasks = []
    for command in ["", *helps.commands(Shell(scratch, env).run("sixdof help"))]:
        if wanted(f"sixdof help {command}"):
            tasks.append((with_samples, lambda folder, command=command: help_of(command, folder, env)))
    for path in links.documents(root):
        name = str(path.relative_to(root))
        if wanted(name):
            needs_them = path.name == "README.md" or samples.WANTED in " ".join(path.read_text(encoding="utf-8").split())
            tasks.append((with_samples if needs_them else Path.mkdir, lambda folder, path=path, name=name: page(path, name, folder, env)))
    name = "README.md on real samples"
    if wanted(name):
        if (arguments.shared / "photos").is_dir():
            tasks.append((with_real_samples, lambda folder: page(root / "README.md", "README.md on real samples", folder, env)))
        else:
            print(f"skip  {name}: {arguments.shared} is not there")
    if not tasks:
        raise SystemExit("no page and no help text has such a name")

    def one(numbered):
        number, (prepare, task) = numbered
        folder = scratch / f"page-{number}"
        prepare(folder)
        (folder / "Scripts").symlink_to(root / "Scripts")
        (folder / "Annotations").symlink_to(root / "Annotations")
        began = time.monotonic()
        outcome = task(folder)
        outcome.seconds = time.monotonic() - began
        return outcome

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        outcomes = list(pool.map(one, enumerate(tasks)))

    failures = [] if arguments.names else links.faults(root)
    for outcome in outcomes:
        failures += outcome.failures
        for reason in outcome.skipped:
            print(f"skip  {outcome.name}: {reason}")
        if outcome.updated and arguments.update and (root / outcome.name).exists():
            (root / outcome.name).write_text(outcome.updated, encoding="utf-8")
            print(f"wrote {outcome.name}, to be looked at")
    for failure in failures:
        print(f"FAIL  {failure}")
    slow = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:3]
    print("slowest: " + ", ".join(f"{outcome.name} {outcome.seconds:.1f} s" for outcome in slow))
    ran, compared = sum(o.ran for o in outcomes), sum(o.compared for o in outcomes)
    skipped = sum(len(o.skipped) for o in outcomes)
    print(f"{ran} examples of {len(outcomes)} pages and help texts ran, the output of {compared} compared; {skipped} blocks skipped; "
          f"{len(failures)} failures; {time.monotonic() - started:.0f} s")
    return failures


if __name__ == "__main__":
    main()
