"""The same input gives the same bytes, however many workers run and whatever the images are in."""

import tarfile
import zipfile

from .report import expect

OUTPUTS = (".lmdb", "_pose_mean.npy", "_pose_stddev.npy")


def checks(artefacts):
    yield "same bytes for any --jobs", lambda: any_jobs(artefacts.synthetic)
    yield "same bytes from zip and tar", lambda: any_container(artefacts)


def any_jobs(source):
    counts = (1, 2, 3, 8)
    builds = [source.new_build(f"jobs{jobs}", "--records", "--jobs", jobs) for jobs in counts]
    for jobs, build in zip(counts, builds, strict=True):
        same_files(f"--jobs {jobs}", source.build, build, (*OUTPUTS, ".jsonl"))
    return f"LMDB, .npy and records identical for {', '.join(map(str, counts))} and the default"


def any_container(artefacts):
    """The records name the archive, so they may differ; what trains may not."""
    source, folder = artefacts.synthetic, artefacts.synthetic.images
    members = sorted(path for path in folder.rglob("*") if path.is_file())
    zipped, tarred = artefacts.work / "images.zip", artefacts.work / "images.tar"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in members:
            archive.write(path, path.relative_to(folder))
    with tarfile.open(tarred, "w") as archive:
        for path in members:
            archive.add(path, str(path.relative_to(folder)))
    for container in (zipped, tarred):
        build = source.new_build(container.suffix[1:], images=container)
        same_files(container.name, source.build, build, OUTPUTS)
    return "LMDB and .npy identical to those from the folder"


def same_files(what, expected, found, endings):
    for ending in endings:
        left, right = (build.beside(ending).read_bytes() for build in (expected, found))
        expect(left == right, f"{what}: *{ending} of {len(left)} bytes as before",
               f"{len(right)} bytes that differ")
