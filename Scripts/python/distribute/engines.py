"""The engines that do parts. Each gives results as they come, and ends what is at work when its iterator is closed."""

import json
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from . import part as part_module
from .part import IO, WRONG_CALL, Result, Run, forget_result, part_task, read_result
from .rounds import Stop, say

# How often an engine gives a part to another worker when the one that had it is lost.
WORKER_LOSSES = 3


@dataclass
class Local:
    """This machine's processes."""
    run_of: Run
    workers: int

    def run(self, parts: Sequence[int]) -> Iterator[Result]:
        pool = ThreadPoolExecutor(self.workers)
        try:
            waiting = [pool.submit(part_task, self.run_of, part) for part in parts]
            for done in as_completed(waiting):
                yield done.result()
        finally:
            # Those at work end with this process.
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        pass


@dataclass
class Ray:
    """Plain tasks; Ray Data hangs after faults. A cluster is only taken by an address that was given."""
    run_of: Run
    workers: int | None
    address: str = "local"

    def __post_init__(self):
        try:
            import ray
        except ImportError as error:
            raise Stop(WRONG_CALL, f"{error}; install ray, or run this with a Python that has it") from error
        # Workers need no copy of this package.
        ray.cloudpickle.register_pickle_by_value(part_module)
        cores = (self.workers or 0) * self.run_of.jobs or max(os.cpu_count() or 1, self.run_of.jobs)
        own = {"num_cpus": cores, "include_dashboard": False} if self.address == "local" else {}
        try:
            ray.init(address=self.address, log_to_driver=False, **own)
        except Exception as error:  # what it throws differs by how the cluster is absent
            raise Stop(IO, f"Ray at {self.address}: {str(error).strip().splitlines()[0]}") from error

    def run(self, parts: Sequence[int]) -> Iterator[Result]:
        import ray
        run = self.run_of

        def task(part):
            return tuple(part_task(run, part))

        remote = ray.remote(num_cpus=run.jobs, max_retries=WORKER_LOSSES, retry_exceptions=True)(task)
        waiting = {remote.remote(part): part for part in parts}
        try:
            while waiting:
                done, _ = ray.wait(list(waiting), num_returns=min(len(waiting), 100), timeout=0.5)
                for reference in done:
                    part = waiting.pop(reference)
                    try:
                        yield Result(*ray.get(reference))
                    except ray.exceptions.RayError as error:
                        yield Result(part, IO, str(error).strip().splitlines()[0], 0, "a Ray worker")
        finally:
            for reference in waiting:
                ray.cancel(reference, force=True)

    def close(self) -> None:
        import ray
        ray.shutdown()


@dataclass
class Spark:
    """One task a part in the session that is there; the results come as files, as an exception would end the job."""
    run_of: Run
    master: str | None = None

    def __post_init__(self):
        try:
            from pyspark import cloudpickle
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise Stop(WRONG_CALL, f"{error}; install pyspark, or start this by spark-submit") from error
        cloudpickle.register_pickle_by_value(part_module)
        builder = SparkSession.builder.appName(f"sixdof {self.run_of.output}")
        builder = builder.config("spark.task.cpus", self.run_of.jobs)
        if self.master:
            builder = builder.master(self.master)
        active = SparkSession.getActiveSession()
        try:
            self.own = None if active else builder.getOrCreate()
        except Exception as error:  # of Java, or that there is none
            raise Stop(IO, f"Spark: {str(error).strip().splitlines()[0]}") from error
        self.context = (active or self.own).sparkContext

    def run(self, parts: Sequence[int]) -> Iterator[Result]:
        run, context, group = self.run_of, self.context, f"sixdof-{os.getpid()}"

        def do():
            context.setJobGroup(group, f"parts of {run.output}")
            try:
                context.parallelize(parts, len(parts)).foreach(lambda part: part_task(run, part))
            except Exception as error:  # of Java; what is missing after it is done in the next round
                say(f"note      Spark: {str(error).strip().splitlines()[0]}")

        for part in parts:
            forget_result(run, part)
        job = threading.Thread(target=do, daemon=True)
        job.start()
        try:
            yield from appearing(run, parts, job.is_alive)
            job.join()
        finally:
            if job.is_alive():
                context.cancelJobGroup(group)

    def close(self) -> None:
        if self.own:
            self.own.stop()


@dataclass
class Slurm:
    """Arrays of jobs with several parts each, in blocks that the controller takes."""
    run_of: Run
    workers: int | None
    parts_per_job: int = 4
    options: str = ""

    def run(self, parts: Sequence[int]) -> Iterator[Result]:
        for part in parts:
            forget_result(self.run_of, part)
        step = self.parts_per_job
        jobs = [list(parts[i:i + step]) for i in range(0, len(parts), step)]
        most = most_in_array()
        blocks = [self.submitted(jobs[i:i + most]) for i in range(0, len(jobs), most)]
        try:
            yield from appearing(self.run_of, parts, lambda: any(block.poll() is None for block, _ in blocks))
        finally:
            for block, job in blocks:
                if block.poll() is None:
                    subprocess.run(["scancel", "--quiet", job], check=False)
                    block.terminate()
                block.wait()

    def close(self) -> None:
        pass

    def submitted(self, jobs: list[list[int]]) -> tuple[subprocess.Popen, str]:
        """A process that ends with the array, and the array's number."""
        run = self.run_of
        logs = Path(run.folder, run.logs).absolute()
        logs.mkdir(parents=True, exist_ok=True)
        task = logs / f"slurm-{time.time_ns()}.json"
        task.write_text(json.dumps({"run": run.words, "jobs": jobs}), encoding="utf-8")
        # The folder to import from: this package may lie in another one.
        package = Path(__file__).resolve().parents[1 + __package__.count(".")]
        script = (f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(package))} PYTHONDONTWRITEBYTECODE=1 "
                  f"exec {shlex.join([sys.executable, '-m', __package__, 'task', str(task)])} "
                  "\"$SLURM_ARRAY_TASK_ID\"\n")
        limit = f"%{self.workers}" if self.workers else ""
        words = ["sbatch", "--wait", "--parsable", "--requeue", f"--array=0-{len(jobs) - 1}{limit}",
                 f"--cpus-per-task={run.jobs}", f"--chdir={run.folder}", f"--output={logs}/slurm-%A_%a.log",
                 "--job-name=sixdof", *shlex.split(self.options)]
        try:
            block = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        except OSError as error:
            raise Stop(WRONG_CALL, f"{error}; run this where Slurm's commands are") from error
        block.stdin.write(script)
        block.stdin.close()
        number = block.stdout.readline().strip().split(";")[0]
        if not number:
            raise Stop(IO, f"expected a job's number from sbatch, found exit code {block.wait()}")
        return block, number


def most_in_array() -> int:
    """How many jobs Slurm takes as one array: their numbers are below MaxArraySize."""
    done = subprocess.run(["scontrol", "show", "config"], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "MaxArraySize":
            return max(1, int(value))
    raise Stop(IO, f"expected Slurm's configuration from scontrol, found: {done.stderr.strip()}")


def appearing(run: Run, parts: Sequence[int], is_working: Callable[[], bool]) -> Iterator[Result]:
    """The results that parts leave in the folder of logs, until all are there or the work has ended."""
    waiting = {f"part-{part:05}.json": part for part in parts}
    logs = Path(run.folder, run.logs)
    while waiting:
        is_last = not is_working()
        for name in set(os.listdir(logs) if logs.is_dir() else ()) & waiting.keys():
            if result := read_result(run, waiting[name]):
                del waiting[name]
                yield result
        if is_last:
            return
        time.sleep(0.2)
