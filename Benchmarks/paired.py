"""What the benchmarks share: two things timed in turn, and their ratio."""
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build/release"


class Row:
    """One line of the table: seconds of what is measured and of what it is held against, round by round.

    `hold` and `aim` are ratios theirs / ours, so that more is better everywhere.
    """

    def __init__(self, name, against, ours, theirs, hold=None, aim=None, count=1, unit="s", peak=None):
        self.name, self.against, self.hold, self.aim = name, against, hold, aim
        self.ours, self.theirs, self.count, self.unit, self.peak = ours, theirs, count, unit, peak

    @property
    def ratios(self):
        return sorted(other / own for own, other in zip(self.ours, self.theirs))

    @property
    def text(self):
        """One line for people."""
        numbers = self.json()
        ratio, hold = numbers["ratio"], f"; hold {self.hold:g}x" if self.hold else ""
        return (f"{self.name}: {numbers['ours']['median']:.3g} {self.unit}, {self.against} "
                f"{numbers['theirs']['median']:.3g} {self.unit}: {ratio['median']:.2f}x "
                f"(least {ratio['least']:.2f}, most {ratio['most']:.2f}){hold}")

    def json(self):
        scale = {"s": 1, "ms": 1e3, "us": 1e6}[self.unit] / self.count
        def spread(values):
            values = sorted(values)
            return {"median": values[len(values) // 2], "least": values[0], "most": values[-1]}
        return {
            "name": self.name, "against": self.against, "unit": self.unit,
            "ours": spread([s * scale for s in self.ours]), "theirs": spread([s * scale for s in self.theirs]),
            "ratio": spread(self.ratios), "hold": self.hold, "aim": self.aim, "peak_anonymous_mb": self.peak,
        }


def in_turn(rounds, ours, theirs):
    """Seconds of both, by turns, after one round of each to warm up."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def seconds(command, codes=(0,), **options):
    """How long a process takes; it must end with one of these codes."""
    start = time.perf_counter()
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    took = time.perf_counter() - start
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}")
    return took


def processor_seconds(command):
    """What a process takes of all cores, its start included; it must end with 0."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[1]} ended with {status}")
    return usage.ru_utime + usage.ru_stime


def peak_memory(command):
    """The peak of a process's RssAnon in MB, sampled every 5 ms."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max(peak, int(next(l for l in status.splitlines() if l.startswith("RssAnon")).split()[1]))
        except (OSError, StopIteration):
            pass
        time.sleep(0.005)
    return peak / 1024


def jobs():
    """As many as the cores, two at most: what the limits are stated for."""
    return min(2, len(os.sched_getaffinity(0)))
