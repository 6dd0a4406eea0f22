"""Crops of JPEGs of every kind, of which the program decodes a part, against OpenCV's of the whole image."""

import shutil

import cv2
import numpy as np
from PIL import Image

from .angle_loaders import fsa_points_box, mat_angles
from .report import expect, expect_same

FACTORS = {"4:1:1": 0x411111, "4:2:0": 0x221111, "4:2:2": 0x211111, "4:4:0": 0x121111, "4:4:4": 0x111111}


def checks(artefacts):
    yield "crops of all kinds of JPEG", lambda: crops(artefacts)


def crops(artefacts):
    """FSA-Net's arrays keep the pixels of crops as they are."""
    work = artefacts.work / "jpeg-parts"
    work.mkdir()
    artefacts.tool.run("synth", "300w-lp", "--count", 56, "--seed", 5, "--output", work / "set")
    root = work / "set/300W_LP"
    files = sorted(root.glob("*/*.jpg"))
    kinds = writers()
    for number, file in enumerate(files):
        image = cv2.imread(str(file))
        # Noise shows how chroma is interpolated; other sizes end within blocks.
        noise = np.random.default_rng(number).integers(-40, 40, image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
        kinds[number % len(kinds)][1](str(file), image)
    artefacts.tool.run("convert", "300w-lp", "--input", root, "--output", work / "set.jsonl")
    made = []
    for jobs in (1, 3):
        made.append(work / f"made-{jobs}")
        artefacts.tool.run("export", work / "set.jsonl", "--format", "fsa-net", "--images", root, "--jobs", jobs,
                           "--output", made[-1])
    count = 0
    for group in sorted({file.parent for file in files}):
        images = []
        for file in sorted(group.glob("*.jpg")):
            _, points = mat_angles(file.with_suffix(".mat"))
            image = cv2.imread(str(file), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
            x0, y0, x1, y1 = fsa_points_box(points, image.shape[1], image.shape[0])
            images.append(cv2.resize(image[y0:y1, x0:x1], (64, 64)))
        name = f"{group.name}.npz"
        expect_same(f"{name} by any --jobs", (made[0] / name).read_bytes(), (made[1] / name).read_bytes())
        with np.load(made[0] / name) as arrays:
            difference = np.abs(arrays["image"].astype(int) - np.array(images)).max(axis=(1, 2, 3))
        expect((difference == 0).all(), f"{name}: OpenCV's pixels", f"differences {difference}")
        count += len(images)
    expect_same("crops", len(files), count)
    shutil.rmtree(work / "set")
    return f"{count} crops of {len(kinds)} kinds equal to OpenCV's: {', '.join(name for name, _ in kinds)}"


def writers():
    """Names of kinds of JPEG, and what writes an image as one."""
    def by_opencv(*options):
        return lambda path, image: cv2.imwrite(path, image, list(options))

    def grey(path, image):
        cv2.imwrite(path, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))

    def turned(path, image):
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(image[..., ::-1]).save(path, quality=90, exif=exif)

    quality, factor = cv2.IMWRITE_JPEG_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR
    kinds = [(name, by_opencv(quality, 85, factor, value)) for name, value in FACTORS.items()]
    for name in ("4:2:0", "4:4:0"):
        kinds.append((f"progressive {name}", by_opencv(
            quality, 85, factor, FACTORS[name], cv2.IMWRITE_JPEG_PROGRESSIVE, 1)))
    kinds.append(("restart markers", by_opencv(quality, 85, cv2.IMWRITE_JPEG_RST_INTERVAL, 7)))
    kinds.append(("own Huffman codes", by_opencv(quality, 60, cv2.IMWRITE_JPEG_OPTIMIZE, 1)))
    return [*kinds, ("grey", grey), ("turned by EXIF", turned)]
