"""The engines that are installed, ready to be given parts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .scene import Scene
from .slurm_cluster import ClusterTrouble, SlurmCluster


@dataclass
class TestedEngine:
    name: str
    python: str | Path = sys.executable
    options: list = field(default_factory=list)
    # What a driver is started by.
    prefix: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    # Whether the driver itself starts sixdof.
    is_worker: bool = False
    # Whether its parts end when the driver is killed.
    ends_with_driver: bool = True
    # What does the same output at the same time.
    other: "TestedEngine | None" = None


@contextmanager
def installed(scene: Scene, wanted: list[str] | None) -> Iterator[tuple[list[TestedEngine], int]]:
    """Starts what has to run beforehand, and names what is not installed. Gives also how many did not start."""
    with ExitStack() as stack:
        engines, failed = [], 0
        for name, make in [("local", local), ("ray", ray), ("spark", spark), ("slurm", slurm)]:
            if wanted and name not in wanted:
                continue
            try:
                found = make(scene, stack)
            except ClusterTrouble as trouble:
                failed += 1
                print(f"FAIL  {name}: {trouble}", flush=True)
                continue
            if isinstance(found, str):
                print(f"skip  {name}: {found}", flush=True)
            else:
                engines.append(found)
        for engine, before in zip(engines, engines[-1:] + engines):
            engine.other = before
        yield engines, failed


def local(scene: Scene, stack: ExitStack) -> TestedEngine | str:
    return TestedEngine("local", options=["--workers", 2], is_worker=True)


def ray(scene: Scene, stack: ExitStack) -> TestedEngine | str:
    python = python_with(scene, "ray")
    # Without tokens, as nothing but this machine takes part.
    return python and TestedEngine("ray", python, ["--workers", 2],
                                   environment={"RAY_AUTH_MODE": "disabled"}) or MISSING


def spark(scene: Scene, stack: ExitStack) -> TestedEngine | str:
    if not shutil.which("java"):
        return MISSING
    python = python_with(scene, "pyspark")
    return python and TestedEngine("spark", python, ["--master", "local[2,4]"]) or MISSING


def slurm(scene: Scene, stack: ExitStack) -> TestedEngine | str:
    if not all(map(shutil.which, ["slurmctld", "slurmd", "munged", "ip"])):
        return MISSING
    if os.geteuid() != 0:
        return "its nodes' networks need root"
    if subprocess.run(["unshare", "--net", "--uts", "true"], capture_output=True).returncode:
        return "its nodes' networks cannot be made here"
    cluster = SlurmCluster(scene.work / "slurm", stack)
    return TestedEngine("slurm", options=["--parts-per-job", 1], prefix=cluster.inside(0),
                        environment=cluster.environment, ends_with_driver=False)


MISSING = "not installed; Scripts/setup --with-engines does that"


def python_with(scene: Scene, module: str) -> Path | None:
    """The Python that has an engine: that of .venv-engines."""
    python = scene.root / ".venv-engines/bin/python"
    if not python.exists():
        return None
    found = subprocess.run([python, "-c", f"import importlib.util as u; exit(not u.find_spec('{module}'))"])
    return python if found.returncode == 0 else None
