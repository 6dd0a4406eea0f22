"""The rows of the table that `run` prints, each group as its data are there."""
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import orjson
from paired import RELEASE, ROOT, Row, in_turn, jobs, peak_memory, seconds

#: Enough that a program's start does not show.
RECORDS = 200_000


def script(name):
    """A benchmark of its own, as a module."""
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(ROOT / "Benchmarks" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def make_records(program, folder):
    """RECORDS lines of labelled WIDER-like faces, 2.3 KB each, no two of one image."""
    records = folder / "records.jsonl"
    if records.exists():
        return records
    quiet = {"check": True, "capture_output": True}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        scratch = pathlib.Path(scratch)
        subprocess.run([program, "synth", "wider-face", "--count", "2000", "--size", "320x240", "--output",
                        scratch / "set"], **quiet)
        subprocess.run([program, "convert", "wider-face", "--annotations", scratch / "set/retinaface/train/label.txt",
                        "--images", scratch / "set/images", "--output", scratch / "plain.jsonl"], **quiet)
        subprocess.run([program, "label", scratch / "plain.jsonl", "--output", scratch / "labelled.jsonl"], **quiet)
        lines = (scratch / "labelled.jsonl").read_bytes().splitlines(keepends=True)
        with open(scratch / "many.jsonl", "wb") as out:
            for i in range(RECORDS):
                copy, line = b"c%d/" % (i // len(lines)), lines[i % len(lines)]
                line = line.replace(b'"id":"wider-face/train/', b'"id":"wider-face/train/' + copy, 1)
                out.write(line.replace(b'"path":"', b'"path":"' + copy, 1))
        os.rename(scratch / "many.jsonl", records)
    return records


def orjson_loop(path):
    """The floor of any Python that reads records: seconds to parse every line."""
    start = time.perf_counter()
    with open(path, "rb") as lines:
        for line in lines:
            orjson.loads(line)
    return time.perf_counter() - start


def commands(program, records, output, threads):
    """The commands that go through records, by name."""
    common = ["--progress", "none", "--jobs", threads]
    return {
        "stats": [program, "stats", records, "--output", output / "stats", *common],
        "sample": [program, "sample", records, "--count", "1000", "--output", output / "sample.jsonl", *common],
        "merge": [program, "merge", records, "--output", output / "merged.jsonl", *common],
        "split": [program, "split", records, "--output", output / "split", "--overwrite", *common],
        "label": [program, "label", records, "--relabel", "--output", output / "labelled.jsonl", *common],
        "diff": [program, "diff", records, records, *common],
        "check": [program, "check", records, *common],
        "export": [program, "export", records, "--format", "coco", "--allow-lossy", "--output", output / "export",
                   "--overwrite", *common],
    }


def record_rows(program, rounds, wanted):
    """Commands over records: beside orjson, and with all jobs beside one."""
    folder = ROOT / ".build/benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    records = make_records(program, folder)
    with tempfile.TemporaryDirectory(dir=folder) as output:
        output = pathlib.Path(output)
        one, all_jobs = (commands(program, records, output, n) for n in (1, jobs()))
        for name in ("stats", "sample"):
            title = f"{name} of {RECORDS} records, {jobs()} jobs"
            if wanted(title):
                ours, theirs = in_turn(rounds, lambda: seconds(all_jobs[name]), lambda: orjson_loop(records))
                yield Row(title, "orjson loop", ours, theirs, 4, 8, peak=peak_memory(all_jobs[name]))
        for name in one:
            title = f"{name}, {jobs()} jobs"
            if wanted(title):
                # Of synthetic faces beyond the image's edge check makes findings, which end it with 2.
                codes = (0, 2) if name == "check" else (0,)
                ours, theirs = in_turn(
                    rounds, lambda: seconds(all_jobs[name], codes), lambda: seconds(one[name], codes))
                hold = 1.7 if name in ("export", "merge", "label", "stats") else None
                yield Row(title, "1 job", ours, theirs, hold, peak=peak_memory(all_jobs[name]))


def infer_rows(program, rounds, wanted):
    """The photographs, with all jobs and with one."""
    photos = ROOT.parent / "shared/data/photos/images"
    title = f"infer, the photographs, {jobs()} jobs"
    if not wanted(title) or not photos.is_dir():
        return
    with tempfile.TemporaryDirectory() as output:
        def run(threads):
            return seconds([program, "infer", photos, "--output", f"{output}/faces.jsonl", "--progress", "none",
                            "--jobs", threads])
        ours, theirs = in_turn(rounds, lambda: run(jobs()), lambda: run(1))
    yield Row(title, "1 job", ours, theirs, 1.85, 1.95)


def rows(program, rounds, names):
    """All rows whose names were asked for, as they are measured."""
    def wanted(title):
        return not names or any(name in title for name in names)

    def reading(name, title, measure):
        """Rows that a program of their own makes, which all come or none."""
        if not wanted(title):
            return
        if (RELEASE / name).exists():
            yield from measure()
        else:
            print(f"skip: {name} is not built: swift build -c release --product {name}", file=sys.stderr)

    if wanted("build"):
        yield from script("build").measure(program=program, rounds=rounds)[0]
    yield from reading("ARKitFaceReading", ".npz stored compressed -> record", lambda: script("arkitface-reading").measure(rounds=rounds))
    yield from reading("MATReading", "300W-LP .mat -> record", lambda: script("mat-reading").measure(rounds=rounds))
    yield from reading("AnnotationReading", "label.txt -> records", lambda: script("annotation-reading").measure(rounds=rounds))
    if wanted("export --format 3ddfa"):
        yield from script("tddfa-export").measure(program=program, rounds=rounds)
    if wanted("PerspNet's sample") or wanted("pack --layout perspnet"):
        yield from script("perspnet-samples").measure(program=program, rounds=rounds)
    if wanted("records LMDB in Python"):
        yield from script("record-samples").measure(program=program, rounds=rounds)
    yield from record_rows(program, rounds, wanted)
    yield from infer_rows(program, rounds, wanted)
