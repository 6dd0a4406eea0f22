"""COFW's HDF5 as h5py writes it in several ways, and headers of images as Pillow writes them."""

import csv

import h5py
import numpy as np
from PIL import Image

from .report import expect, expect_close, expect_same
from .tool import read_json_lines

FIVE = [16, 17, 20, 22, 23]


def checks(artefacts):
    yield "COFW's arrays, stored in several ways", lambda: cofw(artefacts)
    yield "image headers as Pillow's", lambda: headers(artefacts)


def cofw(artefacts):
    """The same arrays contiguous, chunked, deflated, shuffled, of other types."""
    work = artefacts.work / "cofw"
    work.mkdir()
    random = np.random.default_rng(3)
    count = 37
    points = np.round(random.uniform(1, 400, (87, count)), 3)
    points[58:] = random.integers(0, 2, (29, count))
    boxes = np.round(random.uniform(1, 200, (4, count)), 2)
    ways = {
        "contiguous": {},
        "chunked": {"chunks": (5, 7)},
        "deflated": {"chunks": (16, 16), "compression": "gzip"},
        "shuffled": {"chunks": (87, 3), "compression": "gzip", "shuffle": True},
        "single": {"chunks": (9, 9), "compression": "gzip", "dtype": "f4"},
    }
    for name, options in ways.items():
        path = work / f"{name}.mat"
        with h5py.File(path, "w", userblock_size=512) as file:
            file.create_dataset("phisTr", data=points, **options)
            file.create_dataset("bboxesTr", data=boxes)
            pictures = file.create_group("#refs#")
            references = []
            for i in range(count):
                picture = pictures.create_dataset(str(i), data=np.zeros((3, 20 + i, 30), np.uint8))
                references.append(picture.ref)
            file.create_dataset("IsTr", data=np.array([references], dtype=h5py.ref_dtype))
        with open(path, "r+b") as file:
            file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")
        output = work / f"{name}.jsonl"
        artefacts.tool.run("convert", "auto", "--input", path, "--output", output)
        records = read_json_lines(output)
        expect_same(f"{name}: records", count, len(records))
        tolerance = 2e-5 if name == "single" else 1e-9
        for i, record in enumerate(records):
            expect_same(f"{name}: size", [20 + i, 30],
                        [record["image"]["width"], record["image"]["height"]])
            face = record["faces"][0]
            left, top, width, height = boxes[:, i]
            expect_close(f"{name}: box", 0.0, float(np.abs(np.subtract(
                face["bbox_xyxy"], [left - 1, top - 1, left - 1 + width, top - 1 + height])).max()), 1e-9)
            expected = np.stack([points[FIVE, i] - 1, points[[29 + k for k in FIVE], i] - 1], axis=1)
            found = np.array(face["landmarks"]["points"], float)
            expect_close(f"{name}: points", 0.0, float(np.abs(found - expected).max()), tolerance)
            hidden = ["occluded" if points[58 + k, i] else "visible" for k in FIVE]
            expect_same(f"{name}: visibility", hidden, face["landmarks"]["visibility"])
    return f"{len(ways)} files of {count} faces equal to h5py's arrays"


def headers(artefacts):
    work = artefacts.work / "headers"
    (work / "images").mkdir(parents=True)
    random = np.random.default_rng(4)
    expected = {}
    for i in range(40):
        width, height = (int(side) for side in random.integers(1, 90, 2))
        image = Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))
        alpha = Image.fromarray(random.integers(0, 256, (height, width, 4), np.uint8))
        for name, picture, options in [
            (f"{i}-lossy.webp", image, {"quality": 70}), (f"{i}-lossless.webp", image, {"lossless": True}),
            (f"{i}-alpha.webp", alpha, {"quality": 60}), (f"{i}-grey.bmp", image.convert("L"), {}),
            (f"{i}-palette.bmp", image.convert("P"), {}), (f"{i}-bits.bmp", image.convert("1"), {}),
            (f"{i}-alpha.bmp", alpha, {}), (f"{i}.bmp", image, {}), (f"{i}.png", image, {}),
            (f"{i}.jpg", image, {}),
        ]:
            picture.save(work / "images" / name, **options)
            kind = {"jpg": "jpeg"}.get(name.rsplit(".", 1)[1], name.rsplit(".", 1)[1])
            expected[name] = [width, height, kind]
    with open(work / "faces.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["image", "x1", "y1", "x2", "y2"])
        rows.writerows([name, 0, 0, 1, 1] for name in expected)
    artefacts.tool.run("convert", "csv", "--annotations", work / "faces.csv", "--images", work / "images",
                       "--output", work / "faces.jsonl")
    records = {record["image"]["path"]: record for record in read_json_lines(work / "faces.jsonl")}
    expect(len(records) == len(expected), f"{len(expected)} records", len(records))
    for name, (width, height, kind) in expected.items():
        image = records[name]["image"]
        expect_same(name, [width, height, kind], [image["width"], image["height"], image["format"]])
    return f"{len(expected)} images of {len(set(kind for *_, kind in expected.values()))} formats"
