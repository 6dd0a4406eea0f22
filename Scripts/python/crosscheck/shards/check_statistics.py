"""Mean, standard deviation and the summary of `sixdof stats`, against numpy."""

import json

import numpy as np

from .img2pose_layout import read_samples
from .report import expect, expect_close, expect_same

COMPONENTS = ("rx", "ry", "rz", "tx", "ty", "tz")


def checks(artefacts):
    yield "mean and stddev, synthetic", lambda: moments(artefacts.synthetic.build)
    yield "mean and stddev, traps", lambda: moments(artefacts.traps.build)
    yield "mean and stddev, photos", lambda: moments(artefacts.photos.build)
    yield "statistics summary, synthetic", lambda: summary(artefacts, artefacts.synthetic.build)
    yield "statistics summary, photos", lambda: summary(artefacts, artefacts.photos.build)


def local_poses(build):
    samples = read_samples(build.beside(".lmdb"))
    return np.array([sample.local_poses[face] for sample in samples for face in sample.posed()])


def moments(build):
    """The two files that img2pose loads, as its own converter would have computed them."""
    poses = local_poses(build)
    expect(len(poses) > 1, "poses", len(poses))
    worst = compare_files(build.prefix, poses)
    return f"of {len(poses)} local poses, '<f8' (6,), largest difference {worst:.1e}"


def compare_files(prefix, poses):
    paths = [prefix.with_name(f"{prefix.name}_pose_{name}.npy") for name in ("mean", "stddev")]
    expected = [poses.mean(axis=0), poses.std(axis=0)]
    return max(map(compare_file, paths, expected))


def compare_file(path, expected):
    found = np.load(path)
    expect(found.dtype.str == "<f8" and found.shape == (6,), f"{path.name}: '<f8' (6,)",
           (found.dtype.str, found.shape))
    for index in range(6):
        expect_within(f"{path.name}[{index}]", expected[index], found[index])
    return float(np.abs(found - expected).max())


def expect_within(what, expected, found):
    """1e-12, relative where the number is above 1: as good as doubles get for a sum."""
    expect_close(what, float(expected), float(found), 1e-12 * max(1.0, abs(expected)))


def summary(artefacts, build):
    """`sixdof stats` of a build's records: the two arrays and NAME.stats.json."""
    folder = artefacts.work / "stats"
    artefacts.tool.run("stats", build.beside(".jsonl"), "--output", folder)
    poses = local_poses(build)
    compare_files(folder / build.prefix.name, poses)
    content = json.loads((folder / f"{build.prefix.name}.stats.json").read_text())
    statistics = content["statistics"]
    expect_same("counts.faces_with_pose", len(poses), content["counts"]["faces_with_pose"])
    expect_same("statistics.count", len(poses), statistics["count"])
    accuracy = statistics["percentile_accuracy"]
    expect(0 < accuracy <= 0.01, "a stated accuracy of at least 1 %", accuracy)
    for name, values in zip(COMPONENTS, poses.T, strict=True):
        component(name, values, statistics["components"][name], accuracy)
    return (f"{len(poses)} poses: extremes exact, moments to 1e-12, percentiles and histograms "
            f"within the stated {accuracy:.1%}")


def component(name, values, found, accuracy):
    expect_same(f"{name}: extremes", [values.min(), values.max()],
                [found["minimum"], found["maximum"]])
    expect_within(f"{name}: mean", values.mean(), found["mean"])
    expect_within(f"{name}: stddev", values.std(), found["stddev"])
    for label, number in found["percentiles"].items():
        expected = float(np.percentile(values, int(label[1:]), method="lower"))
        expect_close(f"{name}: {label}", expected, number, accuracy * abs(expected) + 1e-9)
        expect(found["minimum"] <= number <= found["maximum"],
               f"{name}: {label} between minimum {found['minimum']} and maximum", number)
    histogram(name, values, found["histogram"], accuracy)


def histogram(name, values, found, accuracy):
    """Counts below each edge may be off only by numbers closer to it than the stated accuracy."""
    counts = found["counts"]
    expect_same(f"{name}: histogram's total", len(values), sum(counts))
    expect_same(f"{name}: histogram's range", [values.min(), values.max()],
                [found["from"], found["to"]])
    edges = np.linspace(values.min(), values.max(), len(counts) + 1)[1:-1]
    for edge, below in zip(edges, np.cumsum(counts), strict=False):
        margin = 2 * accuracy * abs(edge) + 1e-9
        fewest, most = np.sum(values < edge - margin), np.sum(values < edge + margin)
        expect(fewest <= below <= most, f"{name}: {fewest} to {most} numbers below {edge:.4g}",
               below)
