"""`python -m distribute`: options, words and exit codes."""

import argparse
import json
import os
import shutil
import signal
import socket
import sys
import time
from contextlib import closing

from . import engines
from .part import Run, part_task
from .rounds import Stop, Survey, drive, say

EPILOG = """exit codes: 0 all parts are whole; 64, 65, 69 the call, the input or a model is wrong, as sixdof says it,
and all work stopped; 75 some parts failed each time, the others are whole; 130 interrupted. The same command does
what is left."""


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="do the parts of a plan that are not there", epilog=EPILOG,
                              formatter_class=argparse.RawDescriptionHelpFormatter)
    run.add_argument("plan", help="what 'sixdof plan' wrote")
    run.add_argument("output", help="the parts' path without suffixes; all machines must see it")
    run.add_argument("--engine", choices=["local", "slurm", "ray", "spark"], default="local")
    run.add_argument("--program", default=os.environ.get("SIXDOF") or shutil.which("sixdof") or "sixdof",
                     help="sixdof, at the same path on all machines (default: $SIXDOF, else from PATH)")
    run.add_argument("--workers", type=positive, help="how many parts at once (default: local: one a core and --jobs)")
    run.add_argument("--jobs", type=positive, default=1, help="how many threads do a part (default: 1)")
    run.add_argument("--scratch", help="folders of each machine to make parts in, as sixdof's --scratch")
    run.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="a part that takes longer has failed")
    run.add_argument("--attempts", type=positive, default=3, help="how often a part is tried (default: 3)")
    run.add_argument("--patience", type=seconds, default=900, metavar="SECONDS",
                     help="how long to wait for parts that another run has in hand (default: 900)")
    run.add_argument("--verify", action="store_true", help="first read all bytes of parts that are there")
    run.add_argument("--overwrite", action="store_true", help="replace files of other runs that have the parts' names")
    run.add_argument("--logs", help="the folder for what parts say (default: OUTPUT.logs/ and this run's time)")
    run.add_argument("--address", default="local", help="ray: the cluster's, or local for one of its own (default)")
    run.add_argument("--master", help="spark: the session's master, where there is no session yet")
    run.add_argument("--parts-per-job", type=positive, default=4, help="slurm: parts one after the other (default: 4)")
    run.add_argument("--sbatch", default="", metavar="OPTIONS", help="slurm: options for sbatch, as one word")
    task = commands.add_parser("task", help="do the parts of one Slurm job")
    task.add_argument("file", help="what this package wrote for an array of jobs")
    task.add_argument("number", type=int, help="which of its jobs")
    return parser.parse_args(arguments)


def positive(text: str) -> int:
    if not 1 <= int(text) <= 1 << 20:
        raise argparse.ArgumentTypeError(f"must be from 1 to {1 << 20}, not {text}")
    return int(text)


def seconds(text: str) -> float:
    if not 0 <= float(text) <= 1e7:
        raise argparse.ArgumentTypeError(f"must be from 0 to 10000000 seconds, not {text}")
    return float(text)


def engine(options: argparse.Namespace, run: Run):
    match options.engine:
        case "slurm":
            return engines.Slurm(run, options.workers, options.parts_per_job, options.sbatch)
        case "ray":
            return engines.Ray(run, options.workers, options.address)
        case "spark":
            # A killed worker's part is given to another, up to four times, which Spark does not do of itself here.
            local = f"local[{options.workers * options.jobs},4]" if options.workers else None
            return engines.Spark(run, options.master or local)
    return engines.Local(run, options.workers or max(1, len(os.sched_getaffinity(0)) // options.jobs))


def run(options: argparse.Namespace) -> int:
    name = f"{time.strftime('%Y%m%dT%H%M%S')}-{socket.gethostname()}-{os.getpid()}"
    what = Run(plan=options.plan, output=options.output, logs=options.logs or f"{options.output}.logs/{name}",
               program=options.program, scratch=options.scratch, jobs=options.jobs, time_limit=options.time_limit,
               overwrite=options.overwrite)
    say(f"logs      {what.logs}")
    Survey.of(what)  # A wrong call is told before an engine is started.
    with closing(engine(options, what)) as chosen:
        end_as_by_interrupt()  # Ray has put its own handler there.
        return drive(what, chosen, options.attempts, options.patience, options.verify)


def end_as_by_interrupt() -> None:
    """Has SIGTERM end this as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def main() -> int:
    options = parsed(sys.argv[1:])
    if options.command == "task":
        with open(options.file, encoding="utf-8") as file:
            array = json.load(file)
        for part in array["jobs"][options.number]:
            part_task(Run(**array["run"]), part)
        return 0
    end_as_by_interrupt()
    try:
        return run(options)
    except Stop as stop:
        say(f"error: {stop}")
        return stop.code
    except KeyboardInterrupt:
        say("\nstopped   the same command goes on")
        return 130


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Threads that wait for parts would wait on. The parts end with this process.
    os._exit(code)
