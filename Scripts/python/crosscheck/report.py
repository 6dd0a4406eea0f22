"""How a check says what it found: one line a check, and a count at the end."""

import math
import resource
import sys
import traceback


class Mismatch(Exception):
    """The program's output is not what it should be."""

    def __init__(self, expected, found):
        super().__init__(f"expected {expected}, found {found}")


class Unavailable(Exception):
    """A check cannot run here; the text says what is absent."""


class Report:
    """Runs checks, prints a line for each and keeps the tally."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        #: Seconds of processor time of each module, with the programs that it ran.
        self.seconds = {}

    def run(self, name, check):
        """Runs one check: a function that returns what it measured, or raises why it could not."""
        try:
            line = f"ok    {name}: {check()}"
            self.passed += 1
        except Unavailable as reason:
            line = f"skip  {name}: {reason}"
            self.skipped += 1
        except Mismatch as mismatch:
            line = f"FAIL  {name}: {mismatch}"
            self.failed += 1
        except Exception as error:  # output too broken for its reader is a failure, not a crash
            self.broken(name, error)
            return
        self.say(line)

    def broken(self, name, error):
        """A check that could not be made."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        self.failed += 1
        self.say(f"FAIL  {name}: expected readable output, found {type(error).__name__}: {error}"
                 f" ({place.name}, line {place.lineno})")

    @staticmethod
    def say(line):
        # In one call, as several processes print.
        sys.stdout.write(" ".join(line.split("\n")) + "\n")
        sys.stdout.flush()

    def add(self, other):
        """Adds another's tally."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.seconds |= other.seconds

    def slowest(self, count=5):
        """The modules that took the most processor time, in words."""
        modules = sorted(self.seconds.items(), key=lambda module: -module[1])
        return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in modules[:count])

    @property
    def count(self):
        return self.passed + self.failed + self.skipped

    def summary(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def expect(condition, expected, found):
    """Raises `Mismatch` unless the condition holds."""
    if not condition:
        raise Mismatch(expected, found)


def expect_same(what, expected, found):
    """Raises `Mismatch` with the place of the first difference between two JSON-like values.

    Numbers have to be equal to the last bit. An integer may stand for a float (JSON does not tell
    them apart), but never for a truth value.
    """
    difference = first_difference(expected, found)
    if difference:
        place, left, right = difference
        raise Mismatch(f"{what}{place} = {shortened(left)}", shortened(right))


def expect_close(what, expected, found, tolerance):
    """Raises `Mismatch` unless two numbers differ by at most `tolerance`, absolutely."""
    distance = abs(expected - found)
    expect(
        math.isfinite(distance) and distance <= tolerance,
        f"{what} = {expected!r} within {tolerance:g}", f"{found!r}",
    )


def first_difference(expected, found, place=""):
    """The first place where two nested values differ, as (place, expected, found), or None."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            inner = f"{place}.{key}"
            if key not in expected or key not in found:
                return inner, expected.get(key, "absent"), found.get(key, "absent")
            if difference := first_difference(expected[key], found[key], inner):
                return difference
        return None
    if isinstance(expected, (list, tuple)) and isinstance(found, (list, tuple)):
        if len(expected) != len(found):
            return f"{place} (count)", len(expected), len(found)
        for index, (left, right) in enumerate(zip(expected, found, strict=True)):
            if difference := first_difference(left, right, f"{place}[{index}]"):
                return difference
        return None
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return None if same else (place, expected, found)


def shortened(value, limit=160):
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def processor_seconds():
    """Of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
