"""Duplicate and near duplicate images: the perceptual hash computed again by scipy, and what is found of pictures
that were compressed, resized, cropped and made brighter."""

import json
from functools import cached_property

import cv2
import numpy as np
from scipy.fft import dctn

from .report import expect, expect_same
from .tool import read_json_lines

PICTURES = 40
RADIUS = 4
# The share of pictures that is found again at least, by what was done to them.
RECALL = {"compressed": 0.95, "resized": 0.95, "brighter": 0.9, "cropped": 0.0}


def checks(artefacts):
    pictures = Pictures(artefacts)
    yield "duplicates by hash", lambda: distances(pictures)
    yield "duplicates found", lambda: recall(pictures)
    yield "duplicates exact", lambda: exact(pictures)
    yield "duplicates in parts", lambda: in_parts(pictures)


def perceptual_hash(image):
    """Bits of the coefficients (1..8, 1..8) over their median, of the DCT of 32 x 32 means of luma."""
    luma = image[..., ::-1].astype(float) @ [0.299, 0.587, 0.114]
    rows, columns = (np.arange(33) * extent // 32 for extent in luma.shape)
    # At most four rows of each part.
    bands = np.array([luma[first:last:max(1, -(-(last - first) // 4))].mean(axis=0)
                      for first, last in zip(rows, rows[1:])])
    means = np.add.reduceat(bands, columns[:-1], axis=1) / np.diff(columns)
    coefficients = dctn(means, type=2, norm="ortho")[1:9, 1:9]
    if np.linalg.norm(coefficients) / 32 < 3:
        return None
    return coefficients.ravel() > np.median(coefficients)


class Pictures:
    """Pictures of three datasets, and what is made of each."""

    def __init__(self, artefacts):
        self.tool, self.work, self.shared = artefacts.tool, artefacts.work, artefacts.shared

    @cached_property
    def originals(self):
        found = []
        for dataset, pattern in [("300w-lp", "300W_LP/*[!p]/*.jpg"), ("arkitface", "trg/**/*.jpg"),
                                 ("wider-face", "images/**/*.jpg")]:
            folder = self.work / "pictures" / dataset
            self.tool.run("synth", dataset, "--count", PICTURES, "--seed", 9, "--output", folder)
            # A mirrored copy is another picture to the hash; a dataset in two layouts is there twice.
            paths = {path.name: path for path in sorted(folder.glob(pattern))}
            found += [cv2.imread(str(path)) for path in paths.values()]
        found += [cv2.imread(str(path)) for path in sorted(self.shared.glob("photos/images/**/*.jpg"))]
        expect(all(image is not None for image in found), "readable pictures", "others")
        return [image for image in found if perceptual_hash(image) is not None]

    @staticmethod
    def variants(image):
        height, width = image.shape[:2]
        x, y = width // 50, height // 50
        return {
            "compressed": cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1),
            "resized": cv2.resize(image, (width * 7 // 10, height * 7 // 10), interpolation=cv2.INTER_AREA),
            "brighter": cv2.convertScaleAbs(image, alpha=1.1, beta=8),
            "cropped": image[y:height - y, x:width - x],
        }

    def check(self, name, images, radius):
        """Writes pictures as PNG files with records, and gives the findings by the picture's number."""
        folder = self.work / name
        folder.mkdir()
        lines = []
        for i, image in enumerate(images):
            cv2.imwrite(str(folder / f"{i}.png"), image)
            lines.append(json.dumps({
                "schema": "sixdof.image/1", "id": f"pictures/{i}", "source": {"dataset": "pictures"},
                "image": {"path": f"{i}.png"}, "faces": []}) + "\n")
        records = folder / "records.jsonl"
        # Beside the images, for an output among them would be refused.
        findings = folder.with_name(folder.name + "-findings.jsonl")
        records.write_text("".join(lines))
        self.tool.run("check", records, "--images", folder, "--decode", "--duplicate-distance", radius,
                      "--only", "near-duplicate,duplicate-image", "--fail-on", "error",
                      "--findings", findings)
        return {int(finding["record"].split("/")[1]): finding for finding in read_json_lines(findings)}


def distances(pictures):
    """Each picture is told with the nearest earlier one, at the distance that scipy's hashes have."""
    images = []
    for original in pictures.originals[::4]:
        images += [original, *pictures.variants(original).values()]
    hashes = [perceptual_hash(image) for image in images]
    found = pictures.check("hashes", images, 15)
    compared = 0
    for i, code in enumerate(hashes):
        nearest = min((int((code != other).sum()), j) for j, other in enumerate(hashes[:i])) if i else (64, 0)
        finding = found.get(i)
        if finding and finding["check"] == "duplicate-image":
            continue
        expect_same(f"distance of picture {i}", nearest[0] if nearest[0] <= 15 else None,
                    64 - finding["measure"] if finding else None)
        compared += 1
    return f"{compared} pictures, all as scipy's DCT has them"


def recall(pictures):
    """What share of changed pictures is found, and that nothing else is."""
    originals = pictures.originals
    words = []
    for name, least in RECALL.items():
        images = originals + [pictures.variants(image)[name] for image in originals]
        found = pictures.check(name, images, RADIUS)
        count = len(originals)
        right = [i for i, finding in found.items() if f"'{i - count}.png'" in finding["detail"]]
        wrong = sorted(set(found) - set(right))
        expect(not wrong, "no pair of different pictures", f"{len(wrong)}: {found[wrong[0]]['detail'] if wrong else ''}")
        share = len(right) / count
        expect(share >= least, f"at least {least:.0%} of those {name}", f"{share:.1%}")
        words.append(f"{name} {share:.1%}")
    return f"{len(originals)} pictures at {RADIUS} bits, none wrong; found: " + ", ".join(words)


def exact(pictures):
    """The same pixels in another file are the same image; one changed pixel makes another."""
    original = pictures.originals[0]
    changed = original.copy()
    changed[5, 5, 1] ^= 1
    found = pictures.check("exact", [original, original, changed], 0)
    expect_same("findings", {1: "duplicate-image", 2: "near-duplicate"},
                {i: finding["check"] for i, finding in found.items()})
    return "the same pixels, and others"


def in_parts(pictures):
    """What parts keep of images is read by numpy, compared each with each, and found again by gather."""
    images = []
    for original in pictures.originals[::2]:
        images += [original, *pictures.variants(original).values(), original]
    folder = pictures.work / "parted"
    pictures.check("parted", images, RADIUS)
    prefix, count = pictures.work / "parted-check", 5
    arguments = ["check", folder / "records.jsonl", "--images", folder, "--decode", "--fail-on", "error",
                 "--only", "near-duplicate,duplicate-image"]
    for part in (3, 0, 4, 1, 2):
        pictures.tool.run(*arguments, "--output", f"{prefix}.txt", "--part", f"{part}/{count}")
    pictures.tool.run("gather", prefix, "--fail-on", "error")
    rows = []
    for part in range(count):
        own = np.load(f"{prefix}-{part:05}-of-{count:05}.images.npy")
        first = part * len(images) // count
        expect_same("records of the part", list(range(len(own))), own[:, 2].tolist())
        rows += [(int(pixels), int(code), first + i) for i, (pixels, code, _) in enumerate(own)]
    hashes = [perceptual_hash(image) for image in images]
    expect_same("DCT hashes", [sum(1 << i for i, bit in enumerate(code) if bit) for code in hashes],
                [code for _, code, _ in rows])
    expected = {}
    for pixels, code, i in rows:
        equal = [j for other, _, j in rows[:i] if other == pixels]
        near = [((code ^ other).bit_count(), j) for _, other, j in rows[:i]]
        distance, nearest = min(near, default=(64, 0))
        if equal:
            expected[i] = ("duplicate-image", 64, equal[0])
        elif distance <= RADIUS:
            expected[i] = ("near-duplicate", 64 - distance, nearest)
    found = {}
    for finding in read_json_lines(prefix.with_name(prefix.name + ".findings.jsonl")):
        number = int(finding["record"].split("/")[1])
        other = int(finding["detail"].split("of '" if "those of" in finding["detail"] else "from '")[1].split(".png")[0])
        found[number] = (finding["check"], finding["measure"], other)
    expect_same("findings", expected, found)
    return f"{len(images)} pictures in {count} parts, {len(found)} findings as numpy has them"
