"""Lists, arrays and labels for Hopenet, 6DRepNet, FSA-Net and DirectMHP: what their loaders make of them."""

import io
import json
import shutil

import cv2
import numpy as np
import scipy.io
import xxhash
from jsonschema import Draft202012Validator
from scipy.spatial.transform import Rotation

from .angle_loaders import (
    CLASSES, biwi_angles, classes, fsa_biwi_box, fsa_points_box, mat_angles, rotation_target,
    widened,
)
from .angle_sets import Sets, manifest_of
from .report import expect, expect_same
from .tool import read_json_lines

FLIP = np.diag([1.0, -1.0, -1.0])
# Annotated pitch, yaw, roll in degrees, and whether a list may have them.
LIMITS = [((0, 98.99, 0), True), ((0, 99, 0), False), ((0, -99, 0), False), ((99, 0, 0), False),
          ((0, 0, -98.9), True), ((0, 95, 0), True), ((0, 0, 180), False)]


def checks(artefacts):
    sets = Sets(artefacts)
    mats = [("300w-lp", "synth"), ("aflw2000", "synth"), ("300w-lp", "real"), ("aflw2000", "real")]
    for name, place in mats:
        yield (f"angle sets, list of {place} {name}",
               lambda name=name, place=place: mat_list(sets, name, place))
        yield (f"angle sets, FSA-Net's arrays of {place} {name}",
               lambda name=name, place=place: fsa_arrays(sets, name, place))
    yield "angle sets, angles at the limit", lambda: limits(sets)
    yield "angle sets, folder of 300w-lp", lambda: whole_folder(sets)
    yield "angle sets, Hopenet's BIWI", lambda: biwi_list(sets)
    yield "angle sets, 6DRepNet's BIWI", lambda: biwi_arrays(sets, "6drepnet-biwi", 256)
    yield "angle sets, FSA-Net's BIWI", lambda: biwi_arrays(sets, "fsa-net", 64)
    yield "angle sets, same bytes", lambda: same_bytes(sets)
    for name in ("300w-lp", "biwi", "arkitface"):
        yield f"angle sets, DirectMHP's {name}", lambda name=name: direct(sets, name)
    yield "angle sets, refused", lambda: refused(sets)
    yield "angle sets, export.json", lambda: manifests(sets)


def rotation(record):
    return Rotation.from_rotvec(record["faces"][0]["pose"]["rotation_vector"]).as_matrix()


def is_listed(angles):
    """Whether pitch, yaw and roll, float32 in radians, give one of the classes, mirrored or not."""
    for degrees in (angles * np.float32(180) / np.float32(np.pi), angles.astype(float) * 180 / np.pi):
        if not (np.abs(degrees) < 99).all():
            return False
    return True


def mat_list(sets, name, place):
    folder, records = sets.folder(name, place), sets.records(name, place)
    listed, left, largest = [], 0, 0.0
    paths = {record["image"]["path"]: record for record in read_json_lines(records)}
    expect_same("records", sum(1 for file in folder.rglob("*.mat") if file.with_suffix(".jpg").exists()),
                len(paths))
    for path, record in paths.items():
        angles, _ = mat_angles((folder / path).with_suffix(".mat"))
        if not is_listed(angles):
            left += 1
            continue
        listed.append(path.removesuffix(".jpg"))
        for signs in ((1, 1, 1), (1, -1, -1)):
            found = classes(angles * np.array(signs) * 180 / np.pi)
            expect(((found >= 0) & (found < CLASSES)).all(), f"classes of {path}", found)
        target = rotation_target(angles).astype(np.float32)
        largest = max(largest, np.abs(target - FLIP @ rotation(record).T @ FLIP).max())
    for form in ("hopenet", "6drepnet"):
        made, manifest = sets.export(records, form)
        expect_same(f"{form}: lines", listed, (made / "files.txt").read_text().split("\n"))
        expect_same("left out", left, sum(entry["count"] for entry in manifest["left_out"]))
        expect_same("written", len(listed), manifest["counts"]["images_written"])
    expect(largest <= 1.2e-7, "6DRepNet's matrix within 1.2e-7", largest)
    return f"{len(listed)} lines, {left} left out; 6DRepNet's matrices within {largest:.1g}"


def limits(sets):
    """Files with angles at the limit, as scipy writes them."""
    folder = sets.work / "limits" / "AFLW2000"
    folder.mkdir(parents=True)
    source = sorted(sets.folder("aflw2000").glob("*.mat"))[0]
    content = scipy.io.loadmat(source)
    expected = []
    for i, (degrees, may_be_listed) in enumerate(LIMITS):
        content["Pose_Para"][0][:3] = np.radians(degrees)
        expect_same(f"{degrees} may be listed", may_be_listed, is_listed(content["Pose_Para"][0][:3]))
        shutil.copy(source.with_suffix(".jpg"), folder / f"image{i}.jpg")
        scipy.io.savemat(folder / f"image{i}.mat", {key: content[key] for key in content if key[0] != "_"})
        if may_be_listed:
            expected.append(f"image{i}")
    made, _ = sets.export(sets.records("aflw2000", "limits", folder), "hopenet")
    expect_same("lines", expected, (made / "files.txt").read_text().split("\n"))
    return f"{len(expected)} of {len(LIMITS)} listed"


def whole_folder(sets):
    """With images, the folder of a list holds what the loader opens."""
    folder = sets.folder("300w-lp")
    made, _ = sets.export(sets.records("300w-lp"), "hopenet", "--images", folder, "--source", folder)
    lines = (made / "files.txt").read_text().split("\n")
    for line in lines:
        expect((made / f"{line}.jpg").read_bytes() == (folder / f"{line}.jpg").read_bytes(),
               f"the bytes of {line}.jpg", "others")
        for theirs, ours in zip(mat_angles(folder / f"{line}.mat"), mat_angles(made / f"{line}.mat")):
            expect_same(f"{line}.mat", theirs.tolist(), ours.tolist())
    return f"{len(lines)} images byte for byte, labels and points bit for bit"


def biwi_list(sets):
    folder, records = sets.folder("biwi"), sets.records("biwi")
    alone, _ = sets.export(records, "hopenet", "--images", folder)
    merged = sets.work / "biwi-merged"
    shutil.copytree(folder, merged)
    shutil.copytree(sets.export(records, "hopenet")[0], merged, dirs_exist_ok=True)
    largest = 0.0
    for place in (alone, merged):
        lines = (place / "files.txt").read_text().split("\n")
        expect_same("lines", [record["image"]["path"].removesuffix("_rgb.png") for record in sets.biwi],
                    lines)
        for line, record in zip(lines, sets.biwi, strict=True):
            sequence, frame = line.split("/")
            words = (place / sequence / f"dockerface-{frame}_rgb.txt").read_text().split("\n")[0].split(" ")
            box = [float(word) for word in words[1:5]]
            factors = (0.21, 0.35, 0.21, 0.21)
            expect_same(f"{line}: box", widened(record["faces"][0]["bbox_xyxy"], factors),
                        widened(box, factors))
            expect((place / f"{line}_rgb.png").read_bytes() == (folder / f"{line}_rgb.png").read_bytes(),
                   f"the bytes of {line}_rgb.png", "others")
            theirs, ours = (biwi_angles(path / f"{line}_pose.txt") for path in (folder, place))
            largest = max(largest, np.abs(theirs - ours).max())
            expect(set(classes(ours)) <= set(range(CLASSES)), f"{line}: classes", classes(ours))
    expect_same("labels' difference", 0.0, float(largest))
    return f"2 folders of {len(lines)} frames: boxes, labels and images equal"


def fsa_arrays(sets, name, place):
    folder, records = sets.folder(name, place), sets.records(name, place)
    made, manifest = sets.export(records, "fsa-net", "--images", folder)
    groups = {}
    for record in read_json_lines(records):
        path = record["image"]["path"]
        group = "AFLW2000" if name == "aflw2000" else path.split("/")[-2]
        groups.setdefault(group, []).append(path)
    expect_same("files", sorted(f"{group}.npz" for group in groups),
                sorted(file.name for file in made.iterdir()))
    count = 0
    for group, paths in groups.items():
        images, poses = [], []
        for path in sorted(paths, key=lambda path: path.rsplit("/", 1)[-1]):
            angles, points = mat_angles((folder / path).with_suffix(".mat"))
            image = cv2.imread(folder / path)
            x0, y0, x1, y1 = fsa_points_box(points, image.shape[1], image.shape[0])
            images.append(cv2.resize(image[y0:y1, x0:x1], (64, 64)))
            poses.append([angles[i] * 180 / np.pi for i in (1, 0, 2)])
        expect_archive(made / f"{group}.npz", images, np.array(poses, dtype=np.float32), 64)
        count += len(images)
    return f"{count} crops and poses in {len(groups)} files equal, and the files numpy's byte for byte"


def expect_archive(path, images, poses, side):
    """A file of np.savez, which is what numpy makes of these arrays."""
    arrays = {"image": np.array(images), "pose": poses, "img_size": side}
    with np.load(path) as found:
        expect_same(f"{path.name}: arrays", list(arrays), found.files)
        expect_same("types", ["|u1", poses.dtype.str, "<i8"], [found[key].dtype.str for key in arrays])
        for key, array in arrays.items():
            expect(np.array_equal(found[key], array), f"{path.name}: {key}",
                   f"differences up to {np.abs(found[key].astype(float) - array).max()}"
                   if np.shape(array) == found[key].shape else found[key].shape)
    file = io.BytesIO()
    np.savez(file, **arrays)
    expect(file.getvalue() == path.read_bytes(), f"numpy's bytes of {path.name}", "others")


def biwi_arrays(sets, form, side):
    folder, records = sets.folder("biwi"), sets.records("biwi")
    made, _ = sets.export(records, form, "--images", folder)
    by_sequence, largest = {}, 0.0
    for record in sorted(sets.biwi, key=lambda record: record["image"]["path"]):
        path = folder / record["image"]["path"]
        image = cv2.imread(path)
        x0, y0, x1, y1 = fsa_biwi_box(record["faces"][0]["bbox_xyxy"], image.shape[1], image.shape[0])
        pitch, yaw, roll = biwi_angles(path.with_name(path.name.replace("_rgb.png", "_pose.txt")))
        row = cv2.resize(image[y0:y1, x0:x1], (side, side)), [yaw, pitch, roll]
        by_sequence.setdefault(path.parent.name, []).append(row)
    files = sorted(file.name for file in made.iterdir())
    expected = ["BIWI_noTrack.npz"] if side == 256 else ["BIWI_test.npz", "BIWI_train.npz"]
    expect_same("files", expected, files)
    found, taken = 0, []
    for file in files:
        with np.load(made / file) as archive:
            images, poses = archive["image"], archive["pose"]
        # Which sequences were drawn is the file's own; each is whole, in order, and in one file.
        position = 0
        for sequence, rows in sorted(by_sequence.items()):
            part = images[position:position + len(rows)]
            if part.shape != (len(rows), side, side, 3) or not np.array_equal(part, [r[0] for r in rows]):
                continue
            difference = np.abs(poses[position:position + len(rows)] - [r[1] for r in rows]).max()
            largest = max(largest, difference)
            position += len(rows)
            taken.append(sequence)
        expect_same(f"{file}: rows of whole sequences", len(images), position)
        found += position
    expect_same("sequences", sorted(by_sequence), sorted(taken))
    expect(largest <= (1e-12 if side == 256 else 4e-6), "labels' difference in degrees", largest)
    return f"{found} crops equal in {len(files)} files; labels within {largest:.1g} degrees"


def same_bytes(sets):
    """Whatever the number of threads and the records' order."""
    records, folder = sets.records("300w-lp"), sets.folder("300w-lp")
    lines = records.read_text().splitlines(keepends=True)
    mixed = sets.work / "mixed.jsonl"
    mixed.write_text("".join(lines[i] for i in np.random.default_rng(3).permutation(len(lines))))
    biwi = ("--images", sets.folder("biwi"))
    lp = ("--images", folder)
    groups = [
        [(records, "fsa-net", *lp, "--jobs", 1), (records, "fsa-net", *lp, "--jobs", 4),
         (mixed, "fsa-net", *lp, "--jobs", 3)],
        [(records, "directmhp", *lp, "--jobs", 1), (records, "directmhp", *lp, "--jobs", 4)],
        [(sets.records("biwi"), "fsa-net", *biwi, "--seed", 9, "--jobs", jobs) for jobs in (1, 4)],
        [(sets.records("biwi"), "hopenet", *biwi, "--jobs", jobs) for jobs in (1, 4)],
    ]
    count = 0
    for group in groups:
        contents = []
        for arguments in group:
            place, _ = sets.export(*arguments)
            contents.append({file.relative_to(place).as_posix(): file.read_bytes()
                             for file in place.rglob("*") if file.is_file()})
        for other in contents[1:]:
            expect_same("files", sorted(contents[0]), sorted(other))
            for name, content in contents[0].items():
                expect(content == other[name], f"the same bytes of {name}", "others")
                count += 1
    return f"{count} files equal"


def direct(sets, name):
    """The JSON against the records, and the labels against the JSON by the trainer's rule."""
    folder = sets.folder(name)
    records, turned = sets.records(name), sets.work / f"{name}-turned.jsonl"
    # Heads that look away, which annotations of these datasets do not have.
    lines = read_json_lines(records)
    for i, record in enumerate(lines):
        if i % 3 == 0:
            pose = record["faces"][0]["pose"]
            pose["rotation_vector"] = (
                Rotation.from_euler("y", 150, degrees=True) * Rotation.from_rotvec(pose["rotation_vector"])
            ).as_rotvec().tolist()
    turned.write_text("".join(json.dumps(record) + "\n" for record in lines))
    made, manifest = sets.export(turned, "directmhp", "--images", folder)
    content = json.loads((made / "annotations/train.json").read_text())
    images = {image["path"]: image for image in content["images"]}
    heads = {head["image_id"]: head for head in content["annotations"]}
    left, largest, yaws = 0, 0.0, []
    for record in lines:
        face, path = record["faces"][0], record["image"]["path"]
        if path not in images:
            left += 1
            continue
        image = images[path]
        head, (width, height) = heads[image["id"]], (image["width"], image["height"])
        x0, y0, x1, y1 = face["bbox_xyxy"]
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        expect_same(f"{path}: bbox", [x0, y0, x1 - x0, y1 - y0], head["bbox"])
        pitch, yaw, roll = head["euler_angles"]
        yaws.append(yaw)
        expect(max(abs(pitch), abs(roll)) <= 90 and abs(yaw) <= 180, "angles in range", head["euler_angles"])
        rebuilt = Rotation.from_euler("XYZ", [-pitch, yaw, roll], degrees=True).as_matrix()
        largest = max(largest, np.abs(rebuilt - rotation(record)).max())
        points = face.get("landmarks")
        if points and points["layout"] == "ibug-68":
            expect_same(f"{path}: points", np.array(points["points"]).T.tolist(), head["face2d_pts"])
        x, y, w, h = head["bbox"]
        label = ("0 " + " ".join(f"{number:.6f}" for number in (
            (x + w / 2) / width, (y + h / 2) / height, w / width, h / height,
            pitch / 180 + 0.5, yaw / 360 + 0.5, roll / 180 + 0.5)) + "\n")
        stem = image["file_name"].rsplit(".", 1)[0]
        expect_same("image id", image["id"], int(stem))
        expect_same(f"label of {path}", label, (made / f"labels/train/{stem}.txt").read_text())
        expect((made / "images/train" / image["file_name"]).read_bytes() == (folder / path).read_bytes(),
               f"the bytes of {path}", "others")
    expect_same("list", [f"./images/train/{image['file_name']}" for image in content["images"]],
                (made / "train.txt").read_text().splitlines())
    expect_same("left out", left, sum(entry["count"] for entry in manifest["left_out"]))
    expect(largest <= 1e-9 and max(map(abs, yaws)) > 90, "rotations within 1e-9, some beyond 90°",
           (largest, max(map(abs, yaws))))
    return (f"{len(images)} heads, {left} left out: boxes, points, labels equal; rotations within "
            f"{largest:.1g}, yaw up to {max(map(abs, yaws)):.0f}°")


def refused(sets):
    """Records that no such loader can use are refused by their dataset's name."""
    arkit = sets.records("arkitface")
    for form in ("hopenet", "6drepnet", "fsa-net", "6drepnet-biwi"):
        images = ["--images", sets.folder("arkitface")]
        words = " ".join(sets.tool.refusal("export", arkit, "--format", form, *images, "--allow-lossy",
                                           "--output", sets.work / "none"))
        expect("40 images of 'arkitface', which has no" in words, f"{form}'s refusal by name", words)
        expect(not (sets.work / "none").exists(), "no folder", "one")
    return "4 forms"


def manifests(sets):
    """NAME.export.json after its schema and true of the records, and broken ones refused by the schema."""
    schema = json.loads((sets.artefacts.root / "Schemas/export-1.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    records = sets.records("300w-lp")
    sets.export(records, "fsa-net", "--images", sets.folder("300w-lp"), "--seed", 18446744073709551615)
    for place, form in sets.made.items():
        manifest = manifest_of(place)
        for error in validator.iter_errors(manifest):
            expect(False, f"{place.name} to be valid", f"{error.message} at {error.json_path}")
        expect_same("form", form, manifest["form"])
        content = (sets.work / manifest["records"][0]["file"]).read_bytes()
        expect_same("records", (len(content), xxhash.xxh3_128_hexdigest(content)),
                    (manifest["records"][0]["bytes"], manifest["records"][0]["xxh3_128"]))
        counts = manifest["counts"]
        expect_same("images", counts["images_used"], counts["images_written"] + sum(
            entry["count"] for entry in manifest["left_out"]))
    for member, value in [("schema", "sixdof.export/2"), ("counts", {}), ("notes", "none"),
                          ("left_out", [{"what": "images", "count": 0}]), ("records", {"bytes": 1}),
                          ("options", {}), ("issues", {"a": 1}), ("form", ""), ("other", 1)]:
        expect(not validator.is_valid(manifest | {member: value}), f"{member} = {value!r} refused",
               "it accepted")
    return f"{len(sets.made)} manifests valid and true, 9 kinds of damage refused"
