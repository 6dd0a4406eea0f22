"""Mean, standard deviation and the summary of `sixdof stats`, against numpy."""


import numpy as np

from .img2pose_layout import read_samples
from .report import expect, expect_close


def checks(artefacts):
    yield "mean and stddev, synthetic", lambda: moments(artefacts.synthetic.build)
    yield "mean and stddev, photos", lambda: moments(artefacts.photos.build)


def local_poses(build):
    samples = read_samples(build.beside(".lmdb"))
    return np.array([sample.local_poses[face] for sample in samples for face in sample.posed()])


def moments(build, tolerance=1e-12):
    """The two files that img2pose loads, as its own converter would have computed them."""
    poses = local_poses(build)
    expect(len(poses) > 1, "poses", len(poses))
    worst = max(
        compare_array(build.beside("_pose_mean.npy"), poses.mean(axis=0), tolerance),
        compare_array(build.beside("_pose_stddev.npy"), poses.std(axis=0), tolerance))
    return f"of {len(poses)} local poses, '<f8' (6,), largest difference {worst:.1e}"


def compare_array(path, expected, tolerance):
    """Relative to the largest number: 1e-12 of a depth of 300 is as good as doubles get."""
    found = np.load(path)
    expect(found.dtype.str == "<f8" and found.shape == (6,), f"{path.name}: '<f8' (6,)",
           (found.dtype.str, found.shape))
    scale = max(1.0, np.abs(expected).max())
    for index in range(6):
        expect_close(f"{path.name}[{index}]", float(expected[index]), float(found[index]),
                     tolerance * scale)
    return float(np.abs(found - expected).max())
