"""Parts of a run: what they write is what one run writes, and their sums are exact."""

import json
import math
import random
from fractions import Fraction

import numpy as np
from jsonschema import Draft202012Validator

from .check_statistics import COMPONENTS, local_poses
from .inference_runs import Inference
from .report import expect, expect_same
from .img2pose_layout import read_samples

DATASETS = ("wider-face", "300w-lp", "aflw2000", "arkitface", "biwi")


def checks(artefacts):
    yield "mean and stddev by Fraction, synthetic", lambda: exact(artefacts.synthetic.build)
    yield "mean and stddev by Fraction, photos", lambda: exact(artefacts.photos.build)
    yield "sums of parts by Fraction", lambda: part_sums(artefacts)
    yield "schemas of parts and plans", lambda: schemas(artefacts)
    yield "digest of images in any order", lambda: images_digest(artefacts.synthetic)
    for count in (1, 2, 7, 64):
        yield f"{count} parts of a build", lambda count=count: built(artefacts, count)
    for dataset in DATASETS:
        yield f"parts of convert, {dataset}", lambda dataset=dataset: converted(artefacts, dataset)
    yield "parts of annotate and infer", lambda: searched(artefacts)


def rounded(fraction):
    """Python divides integers with one rounding."""
    return fraction.numerator / fraction.denominator


def rounded_root(fraction):
    """The square root, rounded once: 400 bits of it, and a last one that says whether more follow."""
    if not fraction:
        return 0.0
    shift = 400 - fraction.numerator.bit_length() + fraction.denominator.bit_length()
    shift += shift & 1
    scaled = fraction * Fraction(2) ** shift
    root = math.isqrt(scaled.numerator // scaled.denominator)
    is_exact = Fraction(root) ** 2 == scaled
    return rounded(Fraction(2 * root + (not is_exact)) / 2 * Fraction(2) ** -(shift // 2))


def moments(values):
    values = [Fraction(value) for value in values]
    mean = sum(values) / len(values)
    return rounded(mean), rounded_root(sum(v * v for v in values) / len(values) - mean * mean)


def bits(numbers):
    return [float(number).hex() for number in numbers]


def exact(build):
    poses = local_poses(build).tolist()
    expected = [moments(column) for column in zip(*poses, strict=True)]
    for index, name in enumerate(("mean", "stddev")):
        path = build.prefix.with_name(f"{build.prefix.name}_pose_{name}.npy")
        expect_same(path.name, bits(row[index] for row in expected), bits(np.load(path)))
    return f"{len(poses)} poses, equal to the last bit"


def sum_of(text):
    """An integer in hexadecimal times a power of 2."""
    digits, exponent = text.split("p")
    return Fraction(int(digits, 16)) * Fraction(2) ** int(exponent)


def part_sums(artefacts):
    """The sums that parts keep are those of the poses in their LMDBs, and any partition of them gives the whole."""
    build = artefacts.synthetic.build
    parts = [artefacts.synthetic.new_build("summed", "--part", f"{i}/5") for i in range(5)]
    kept, poses = [], []
    for i, part in enumerate(parts):
        ending = f"-{i:05}-of-00005"
        file = json.loads(part.beside(ending + ".part.json").read_text())
        kept.append(file["part"]["statistics"])
        samples = read_samples(part.beside(ending + ".lmdb"))
        own = [sample.local_poses[face] for sample in samples for face in sample.posed()]
        poses.append(own)
        for column, entry in zip(zip(*own, strict=True), kept[-1], strict=True):
            numbers = [Fraction(number) for number in column]
            expect_same("count", len(numbers), entry["count"])
            expect_same("sum", sum(numbers), sum_of(entry["sum"]))
            expect_same("squares", sum(n * n for n in numbers), sum_of(entry["squares"]))
            expect_same("extremes", [min(column), max(column)], [entry["minimum"], entry["maximum"]])
            expect_same("sketch", len(numbers),
                        entry["zero"] + sum(entry["positive"][1::2]) + sum(entry["negative"][1::2]))
    stored = bits(np.load(build.beside("_pose_mean.npy")))
    choose = random.Random(2)
    for _ in range(200):
        order = choose.sample(range(5), 5)
        means = [rounded(sum(sum_of(kept[i][c]["sum"]) for i in order)
                         / sum(kept[i][c]["count"] for i in order)) for c in range(len(COMPONENTS))]
        expect_same("mean", stored, bits(means))
    return f"{sum(map(len, poses))} poses in 5 parts"


def schemas(artefacts):
    """What plans and parts look like, with poses and without, of LMDBs and of records."""
    tool, source, work = artefacts.tool, artefacts.traps, artefacts.work / "schemas"
    build = ["build", "wider-face", "--images", source.images, "--annotations", *source.build_from]
    records = source.build.beside(".jsonl")
    checked = 0

    def check(name, path):
        nonlocal checked
        schema = json.loads((artefacts.root / f"Schemas/{name}-1.schema.json").read_text())
        Draft202012Validator.check_schema(schema)
        errors = sorted(Draft202012Validator(schema).iter_errors(json.loads(path.read_text())), key=str)
        expect(not errors, f"{path.name} of {name}-1.schema.json", [error.message for error in errors[:3]])
        checked += 1

    work.mkdir()
    for name, command in (("built", [*build, "--rotation-rule", "markley", "--checksum"]),
                          ("labelled", ["label", records]), ("packed", ["pack", records, "--images", source.images])):
        plan = work / f"{name}.plan.json"
        tool.run("plan", *command, "--parts", 41, "--output", plan)
        check("plan", plan)
        for part in (0, 1, 40):
            tool.run(command[0], "--plan", plan, "--part", part, "--output", work / name)
            check("part", work / f"{name}-{part:05}-of-00041.part.json")
    return f"{checked} files"


def images_digest(source):
    """images_sha256: the sum of the SHA-256 of lines as `sha256sum` prints them, modulo 2^256."""
    import hashlib

    build = source.new_build("digest", "--checksum", "--records", "--layout", "records")
    total = 0
    for record in build.records:
        path = record["image"]["path"]
        digest = hashlib.sha256((source.images / path).read_bytes()).hexdigest()
        total += int(hashlib.sha256(f"{digest}  {path}\n".encode()).hexdigest(), 16)
    manifest = json.loads(build.beside(".manifest.json").read_text())
    expect_same("images_sha256", f"{total % 2**256:064x}", manifest["images_sha256"])
    return f"{len(build.records)} images"


def files(prefix):
    """The files that begin so, by what follows."""
    return {path.name[len(prefix.name):]: path.read_bytes()
            for path in prefix.parent.glob(prefix.name + "*") if path.is_file()}


def compare(one, parts, count):
    """All files of one run are among those of the gathered parts, and parts' lines follow each other."""
    expected, found = files(one), files(parts)
    expect(len(expected) > 1, "files of one run", sorted(expected))
    for ending, content in expected.items():
        expect(found.get(ending) == content, f"{one.name}{ending} as one run writes it", "other bytes or none")
    for ending in (".jsonl", ".issues.jsonl"):
        joined = b"".join(found[f"-{i:05}-of-{count:05}{ending}"] for i in range(count))
        expect(joined == expected[ending], f"{ending}: the parts' lines", "others")
    return len(expected)


def built(artefacts, count):
    folder = artefacts.work / f"parts-{count}"
    source, tool = artefacts.traps, artefacts.tool
    arguments = ["build", "wider-face", "--images", source.images, "--annotations", *source.build_from,
                 "--records", "--checksum", "--progress", "none"]
    one = source.work / f"blocks-{count}/train"
    tool.run(*arguments, "--shards", count, "--shard-by", "blocks", "--output", one)
    for part in random.Random(count).sample(range(count), count):
        tool.run(*arguments, "--part", f"{part}/{count}", "--output", folder / "train")
    tool.run("parts", folder / "train", "--verify")
    tool.run("gather", folder / "train", "--records")
    return f"{compare(one, folder / 'train', count)} files equal, to the byte"


def converted(artefacts, dataset):
    tool, work = artefacts.tool, artefacts.work / f"converted-{dataset}"
    tool.run("synth", dataset, "--count", 9, "--output", work / "set")
    arguments = ["convert", dataset, "--input", work / "set"]
    if dataset == "wider-face":
        arguments = ["convert", dataset, "--annotations", work / "set/wider_face_train_bbx_gt.txt",
                     work / "set/retinaface/train/label.txt", "--images", work / "set/images"]
    tool.run(*arguments, "--output", work / "one.jsonl")
    compared = 0
    for count in (2, 12):
        for part in reversed(range(count)):
            tool.run(*arguments, "--part", f"{part}/{count}", "--output", work / f"in{count}.jsonl")
        tool.run("gather", work / f"in{count}")
        for ending in (".jsonl", ".issues.jsonl"):
            compared += 1
            expect((work / f"in{count}{ending}").read_bytes() == (work / f"one{ending}").read_bytes(),
                   f"{count} parts: {ending} as one run writes it", "other bytes")
    return f"{compared} files equal, to the byte"


def searched(artefacts):
    """annotate and infer, with the lists of img2pose that annotate writes."""
    inference = Inference(artefacts, "parts")
    inference.folder
    images, tool, work = inference.images("photos"), artefacts.tool, artefacts.work / "searched"
    tool.run("annotate", images, "--output", work / "one/photos")
    tool.run("infer", images, "--output", work / "one/found.jsonl")
    for part in (1, 0):
        tool.run("annotate", images, "--output", work / "in2/photos", "--part", f"{part}/2")
        tool.run("infer", images, "--output", work / "in2/found.jsonl", "--part", f"{part}/2")
    tool.run("gather", work / "in2/photos", "--single-lmdb", "--records")
    tool.run("gather", work / "in2/found")
    count = 0
    for path in sorted((work / "one").rglob("*")):
        if path.is_file():
            count += 1
            other = work / "in2" / path.relative_to(work / "one")
            expect(other.is_file() and other.read_bytes() == path.read_bytes(),
                   f"{path.name} as one run writes it", "other bytes or none")
    return f"{count} files equal, to the byte"
