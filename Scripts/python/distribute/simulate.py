"""`python -m distribute.simulate`: how long a run takes on a cluster, by the size of its parts.

Nodes fail at random and lose the parts that they are at, which others then do. Storage is shared evenly by the parts at
work. All numbers of the model are options; the same options and seed give the same table.
"""

import argparse
import heapq
import random
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Cluster:
    nodes: int
    cores: int
    # Threads that do a part.
    threads: int
    # Images a second and core.
    rate: float
    # What is read and written an image, in bytes.
    bytes_per_image: float
    # What all nodes together read and write, in bytes a second.
    storage: float
    # Seconds a part takes beside its images: the engine's, the program's start, the publication.
    overhead: float
    # By how much the speed of nodes differs, as a standard deviation in fractions.
    spread: float
    # How often a node fails, an hour, and for how many seconds it is then away.
    failures: float
    away: float

    @property
    def slots(self) -> int:
        """How many parts are done at once."""
        return self.nodes * (self.cores // self.threads)

    def ideal_hours(self, images: float) -> float:
        """Without parts, failures and differences."""
        return max(images / (self.nodes * self.cores * self.rate), images * self.bytes_per_image / self.storage) / 3600

    def seconds(self, images: float, at_once: int, speed: float = 1) -> float:
        """A part's, on a node of a speed. Storage is as fast for all."""
        return self.overhead + max(images / (self.threads * self.rate * speed),
                                   images * self.bytes_per_image * at_once / self.storage)


@dataclass
class Outcome:
    hours: float
    # In fractions of all work.
    repeated: float


def simulate(cluster: Cluster, images: float, per_part: int, seed: int) -> Outcome:
    draw = random.Random(seed)
    count = -(-int(images) // per_part)
    per_node = cluster.cores // cluster.threads
    at_once = min(count, cluster.slots)
    length = [cluster.seconds(per_part, at_once, max(0.2, draw.gauss(1, cluster.spread))) for _ in range(cluster.nodes)]
    failure = [next_failure(cluster, draw, 0) for _ in range(cluster.nodes)]
    back = [0.0] * cluster.nodes
    waiting = deque(range(count))
    # When something ends, on which slot, and what: a part, a part that is lost then, or nothing.
    ends: list[tuple[float, int, int, bool]] = [(0.0, slot, -1, False) for slot in range(cluster.slots)]
    idle: list[int] = []
    done, lost_seconds, now = 0, 0.0, 0.0

    def start(slot: int, time: float) -> None:
        node = slot // per_node
        while failure[node] <= time:
            back[node] = failure[node] + cluster.away
            failure[node] = next_failure(cluster, draw, back[node])
        time = max(time, back[node])
        part = waiting.popleft()
        end = time + length[node]
        nonlocal lost_seconds
        if end > failure[node] >= time:
            lost_seconds += failure[node] - time
            heapq.heappush(ends, (failure[node], slot, part, True))
        else:
            heapq.heappush(ends, (end, slot, part, False))

    while done < count:
        now, slot, part, is_lost = heapq.heappop(ends)
        if is_lost:
            waiting.append(part)
        elif part >= 0:
            done += 1
        idle.append(slot)
        while waiting and idle:
            start(idle.pop(), now)
    return Outcome(now / 3600, lost_seconds / (count * cluster.seconds(per_part, at_once)))


def next_failure(cluster: Cluster, draw: random.Random, time: float) -> float:
    return time + draw.expovariate(cluster.failures / 3600) if cluster.failures > 0 else float("inf")


def table(options: argparse.Namespace) -> list[str]:
    """Lines of Markdown: a column for each size of parts."""
    def cluster(failures: float) -> Cluster:
        return Cluster(options.nodes, options.cores, options.threads, options.rate, options.bytes_per_image,
                       options.storage, options.overhead, options.spread, failures, options.away)

    steady = cluster(0)
    ideal = steady.ideal_hours(options.images)
    asked = options.images * options.bytes_per_image / (ideal * 3600)
    counts = [-(-int(options.images) // size) for size in options.sizes]
    minutes = [steady.seconds(size, min(count, steady.slots)) / 60 for size, count in zip(options.sizes, counts)]
    rows = [[f"{options.images:.3g} images, {options.nodes} nodes (ideal {ideal:.2f} h, {asked / 1e9:.3g} GB/s)"]
            + [f"{size:,} a part" for size in options.sizes],
            ["parts, minutes each"] + [f"{count:,}, {time:.1f}" for count, time in zip(counts, minutes)]]
    for failures in options.failures:
        outcomes = [simulate(cluster(failures), options.images, size, options.seed) for size in options.sizes]
        name = f"1 failure per {1 / failures:,.0f} node-hours" if failures else "no failure"
        rows.append([f"hours, {name}"] + [f"{outcome.hours:.2f}" for outcome in outcomes])
        rows.append([f"work done again, {name}"] + [f"{100 * outcome.repeated:.2f} %" for outcome in outcomes])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m distribute.simulate", description=__doc__,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--images", type=float, default=1e9)
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--cores", type=int, default=64, help="of a node")
    parser.add_argument("--threads", type=int, default=4, help="that do a part")
    parser.add_argument("--rate", type=float, default=17, help="images a second and core")
    parser.add_argument("--bytes-per-image", type=float, default=120e3, help="read and written")
    parser.add_argument("--storage", type=float, default=20e9, help="bytes a second of all nodes together")
    parser.add_argument("--overhead", type=float, default=1, help="seconds of a part beside its images")
    parser.add_argument("--spread", type=float, default=0.1, help="of the nodes' speeds")
    parser.add_argument("--failures", type=float, nargs="+", default=[1 / 2000, 1 / 20], help="of a node an hour")
    parser.add_argument("--away", type=float, default=300, help="seconds that a node is away after a failure")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 40_000, 100_000, 200_000, 1_000_000],
                        help="images a part")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    print("\n".join(table(parsed())))
