"""Synthetic faces distributed as in ../shared/data/pnp, with the same keys.

Lengths are in img2pose's unit, 0.1 m. Noise is in fractions of the interocular distance.

usage: cases.py FIVE_POINTS.npy SIXTY_EIGHT_POINTS.npy FOLDER
       writes 1,000 faces with their global optimum to FOLDER/faces_5_points_noise2.npz and so on
"""
import pathlib
import sys

import numpy as np

import optimum

# Landmark noise of the sets with an optimum, in per cent; 1 % is that of ../shared/data/pnp.
NOISE_PERCENT = (0.5, 2, 4, 8)
SETS = [f"noise{percent:g}" for percent in NOISE_PERCENT] + ["wide"]
# From one person's face to the mean face, per coordinate; each person has one figure of the two's range.
IDENTITY = (0.03, 0.05)
LANDMARK_NOISE = 0.01
IMAGE_WIDTH = 1024
# Distance between the eyes in pixels, as of WIDER FACE's faces: log-uniform.
INTEROCULAR_PIXELS = (4.1, 134)


def poses(generator, count, wide):
    """Rotations R = yaw about y, times pitch about x, times roll about z."""
    if wide:
        degrees = generator.uniform(-1, 1, (count, 3)) * (85, 45, 180)
    else:
        # Most faces look about into the camera; a few are far from it.
        few = generator.uniform(size=(count, 3)) < (0.25, 0.2, 0.3)
        often = generator.normal(size=(count, 3)) * (20, 9, 8)
        seldom = generator.normal(size=(count, 3)) * (0, 20, 22)
        seldom[:, 0] = generator.uniform(-86, 86, count)
        degrees = np.clip(np.where(few, seldom, often), -86, 86)
    yaw, pitch, roll = np.radians(degrees).T
    turn = lambda angle, axis: optimum.rotation_matrices(angle[:, None] * np.eye(3)[axis])
    return turn(yaw, 1) @ turn(pitch, 0) @ turn(roll, 2)


def identity_offsets(generator, model, count, correlation_length):
    """Persons' faces less the mean face, of unit variance; near points differ alike where a length is
    given."""
    offsets = generator.normal(size=(count, *model.shape))
    if correlation_length is None:
        return offsets
    distance = np.linalg.norm(model[:, None] - model[None], axis=-1)
    correlation = np.exp(-distance**2 / (2 * correlation_length**2))
    values, vectors = np.linalg.eigh(correlation)
    return np.einsum("ij,njk->nik", vectors * np.sqrt(np.maximum(values, 0)), offsets)


def projected(model, rotation, translation, image_size):
    camera = model @ np.swapaxes(rotation, 1, 2) + translation[:, None]
    focal = image_size.sum(1)[:, None, None]
    return camera[..., :2] / camera[..., 2:] * focal + (image_size // 2)[:, None]


def boxes(outline):
    """img2pose's projected boxes (FORMATS §8): a tenth more than the points, and a forehead."""
    low, high = outline.min(1), outline.max(1)
    margin = 0.05 * (high - low)
    low, high = low - margin, high + margin
    low[:, 1] -= 0.3 * (high - low)[:, 1] / 1.1
    return np.concatenate([np.floor(low), np.ceil(high)], axis=1).astype(np.int64)


def generate(models, points, count, seed, noise=LANDMARK_NOISE, wide=False, correlation_length=None):
    """A dictionary as of the .npz files, without the optimum; `models` by their number of points."""
    generator = np.random.default_rng(seed)
    model, outline = models[points], models[68]
    eyes = np.linalg.norm(models[5][1] - models[5][0])
    height = np.clip(generator.normal(693, 82, count), 500, 950).astype(np.int64)
    size = np.stack([np.full(count, IMAGE_WIDTH), height], axis=1)
    interocular = np.exp(generator.uniform(*np.log(INTEROCULAR_PIXELS), count))
    rotation = poses(generator, count, wide)
    depth = size.sum(1) * eyes / interocular
    # The box, about 2.6 times as wide as the eyes are apart, is within the image.
    margin = np.stack([1.3 * interocular, 1.5 * interocular], axis=1)
    place = generator.uniform(-1, 1, (count, 2)) * np.maximum(size / 2 - margin, 0)
    translation = np.concatenate(
        [place / size.sum(1)[:, None], np.ones((count, 1))], axis=1) * depth[:, None]
    identity = generator.uniform(*IDENTITY, count)[:, None, None] * eyes
    faces = model + identity * identity_offsets(generator, model, count, correlation_length)
    pixels = projected(faces, rotation, translation, size)
    pixels += noise * interocular[:, None, None] * generator.normal(size=pixels.shape)
    return {
        "points": np.round(pixels),
        "box": boxes(projected(outline, rotation, translation, size)),
        "image_size": size,
        "interocular_px": interocular,
        "truth_rotation": rotation,
        "truth_translation": translation,
    }


def with_optimum(cases, model):
    rotation, translation, rms = optimum.global_optimum(
        model, cases["points"], cases["image_size"], cases["truth_rotation"])
    return cases | {
        "optimum_rotation": rotation, "optimum_translation": translation, "optimum_rms_px": rms}


def generate_set(models, points, name, count=1000):
    """One of SETS, always the same."""
    wide = name == "wide"
    noise = LANDMARK_NOISE if wide else float(name.removeprefix("noise")) / 100
    seed = 1000 * points + SETS.index(name)
    return with_optimum(generate(models, points, count, seed, noise, wide), models[points])


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    models = {len(model): model.astype(float) for model in map(np.load, sys.argv[1:3])}
    folder = pathlib.Path(sys.argv[3])
    for points in (5, 68):
        for name in SETS:
            path = folder / f"faces_{points}_points_{name}.npz"
            np.savez(path, **generate_set(models, points, name))
            print(path, flush=True)


if __name__ == "__main__":
    main()
