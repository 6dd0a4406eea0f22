"""300W-LP and AFLW2000-3D: scipy reads the same numbers, and poses follow from them independently."""

import base64
import math
import shutil

import numpy as np
import scipy.io
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from .report import expect, expect_close, expect_same
from .tool import read_json_lines

METRES_PER_UNIT = 1e-6  # of the Basel face model
FORMS = {"300w-lp": "300W_LP", "aflw2000": "AFLW2000"}
REAL = {"300w-lp": "300w_lp", "aflw2000": "aflw2000"}
# The pairs that change places in a mirror, as chientv99/TRG lists them, counted from 0.
PAIRS = [(0, 16), (1, 15), (2, 14), (3, 13), (4, 12), (5, 11), (6, 10), (7, 9), (17, 26), (18, 25),
         (19, 24), (20, 23), (21, 22), (31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42),
         (40, 47), (41, 46), (48, 54), (49, 53), (50, 52), (60, 64), (61, 63), (67, 65), (59, 55),
         (58, 56)]


def checks(artefacts):
    converted = {}

    def records(form, place):
        if (form, place) not in converted:
            converted[form, place] = convert(artefacts, form, place)
        return converted[form, place]

    for form in FORMS:
        for place in ("synth", "real"):
            def bound(function, form=form, place=place):
                return lambda: function(artefacts, form, *records(form, place))
            yield f"{form} {place}: scipy.io.loadmat", bound(arrays)
            yield f"{form} {place}: landmarks", bound(landmarks)
            yield f"{form} {place}: poses", bound(poses)
            yield f"{form} {place}: --egocentric", bound(egocentric)
        yield f"{form} synth: truth", lambda form=form: truth(artefacts, form, records(form, "synth"))
    for place in ("synth", "real"):
        yield (f"300w-lp {place}: landmarks rebuilt from 3DDFA's tables",
               lambda place=place: tables(artefacts, *records("300w-lp", place)))
    real = lambda: records("aflw2000", "real")[1]  # noqa: E731
    yield "aflw2000 real: 3D model on pt3d_68", lambda: rebuilt(artefacts, real())
    for camera in ("width-plus-height", "weak-perspective"):
        yield (f"aflw2000 real: fit of 68 points, {camera}",
               lambda camera=camera: fits(artefacts, real(), camera))


def convert(artefacts, form, place):
    """The folder read, and its records."""
    if place == "real":
        folder = artefacts.real(REAL[form])
    else:
        made = artefacts.work / f"synth-{form}"
        artefacts.tool.run("synth", form, "--count", 30, "--output", made)
        folder = made / FORMS[form]
    output = artefacts.work / f"{place}-{form}.jsonl"
    artefacts.tool.run("convert", form, "--input", folder, "--output", output)
    return folder, read_json_lines(output)


def native(record):
    return {name: np.frombuffer(base64.b64decode(array["data"]), array["dtype"])
            .reshape(array["shape"]) for name, array in record["faces"][0]["native"].items()}


def sources(folder, record):
    """scipy's reading of an image's files, names in their order."""
    file = folder / record["source"]["file"]
    found = scipy.io.loadmat(file, mat_dtype=True)
    landmark = folder / "landmarks" / file.parent.name.removesuffix("_Flip") / f"{file.stem}_pts.mat"
    if landmark.exists():
        found |= scipy.io.loadmat(landmark, mat_dtype=True)
    return {name: array for name, array in found.items() if not name.startswith("__")}


def arrays(artefacts, form, folder, records):
    """Every array of every file: name, order, dtype, shape and bits."""
    count = 0
    for record in records:
        theirs, ours = sources(folder, record), native(record)
        expect_same("names", list(theirs), list(ours))
        for name, array in theirs.items():
            place = f"{record['id']} {name}"
            expect_same(place, [array.dtype.str, array.shape], [ours[name].dtype.str, ours[name].shape])
            expect(array.tobytes() == ours[name].tobytes(), f"the bits of {place}", "others")
            count += array.size
    expect(count > 0, "arrays", "none")
    return f"{len(records)} files, {count:,} numbers equal bit for bit"


def landmarks(artefacts, form, folder, records):
    """Points from 0, boxes round them; mirrored copies as their originals, turned."""
    for record in records:
        source, face = sources(folder, record), record["faces"][0]
        if form == "aflw2000":
            points = source["pt3d_68"][:2].T.astype(float) - 1
        elif "pts_3d" in source:
            points = source["pts_3d"] - 1
            if "_Flip/" in record["image"]["path"]:
                points = mirrored(points, record["image"]["width"])
        else:
            points = source["pt2d"].T - 1
            expect(face["attributes"].get("contour-jaw") is True, "contour-jaw", "none")
        expect_same(record["id"], points.tolist(), face["landmarks"]["points"])
        box = [*points.min(axis=0), *points.max(axis=0)]
        expect_same(f"{record['id']} box", [float(value) for value in box],
                    [float(value) for value in face["bbox_xyxy"]])
    return f"{len(records)} faces equal"


def mirrored(points, width):
    order = list(range(68))
    for left, right in PAIRS:
        order[left], order[right] = right, left
    return np.column_stack([width - 1 - points[order, 0], points[order, 1]])


def poses(artefacts, form, folder, records):
    """Rotation and lift by the formulas of the reference, and the pixels they stand for."""
    reference = artefacts.reference
    worst = 0
    for record in records:
        pitch, yaw, roll, x, y, _, scale = sources(folder, record)["Pose_Para"][0].astype(float)
        width, height = record["image"]["width"], record["image"]["height"]
        focal, centre = width + height, np.array([width // 2, height // 2])
        depth = focal * METRES_PER_UNIT / scale
        translation = np.array([*((np.array([x - 1, height - y]) - centre) * depth / focal), depth])
        pose, camera = record["faces"][0]["pose"], record["camera"]
        rotation = Rotation.from_rotvec(pose["rotation_vector"]).as_matrix()
        error = max(abs(rotation - reference.R_from_pose_para(pitch, yaw, roll)).max(),
                    abs(translation - pose["translation"]).max())
        expect(error < 1e-12, f"{record['id']}: the reference's pose", f"one off by {error:g}")
        worst = max(worst, error)
        expect_same("camera", dict(fx=focal, fy=focal, cx=width // 2, cy=height // 2,
                                   provenance="weak-perspective"), camera)
        within = max(abs(pitch), abs(yaw), abs(roll)) <= math.radians(99)
        expect_same("99 degrees", bool(within),
                    record["faces"][0]["attributes"]["within_99_degrees"])
    return f"{len(records)} poses, off by at most {worst:.1e}"


def egocentric(artefacts, form, folder, records):
    """Rotations turned by the least rotation that takes the camera's axis to the face."""
    output = artefacts.work / f"egocentric-{form}.jsonl"
    artefacts.tool.run("convert", form, "--input", folder, "--egocentric", "--output", output)
    turns, worst = [], 0
    for record, turned in zip(records, read_json_lines(output), strict=True):
        pose, found = (one["faces"][0]["pose"] for one in (record, turned))
        expect_same("translation", pose["translation"], found["translation"])
        expect_same("attribute", True, turned["faces"][0]["attributes"].get("egocentric"))
        sight = sight_rotation(np.array(pose["translation"]))
        expected = sight * Rotation.from_rotvec(pose["rotation_vector"])
        gap = (expected.inv() * Rotation.from_rotvec(found["rotation_vector"])).magnitude()
        expect(gap < 1e-12, f"{record['id']}: the turned rotation", f"one {gap:g} off")
        worst = max(worst, gap)
        turns.append(math.degrees(sight.magnitude()))
    return (f"{len(turns)} rotations turned by {np.mean(turns):.2f} degrees in the mean,"
            f" off by at most {worst:.1e}")


def sight_rotation(translation):
    """The least rotation from the axis to a direction: half a turn about the axis, then about the
    bisector of the two."""
    axis, direction = np.array([0, 0, 1]), translation / np.linalg.norm(translation)
    bisector = (axis + direction) / np.linalg.norm(axis + direction)
    return Rotation.from_rotvec(math.pi * bisector) * Rotation.from_rotvec(math.pi * axis)


def truth(artefacts, form, converted):
    folder, records = converted
    for record in records:
        for face in record["faces"]:
            face.pop("native")
    expected = sorted(read_json_lines(folder.parent / "truth.jsonl"), key=lambda one: one["id"])
    expect_same("truth", expected, sorted(records, key=lambda one: one["id"]))
    return f"{len(records)} records equal"


def rebuilt(artefacts, records):
    """Shape and expression of 40 + 10 coefficients in the annotated pose, against the landmarks."""
    distances = []
    for record in records:
        gaps = (model_pixels(artefacts, native(record), record["image"]["height"])
                - np.array(record["faces"][0]["landmarks"]["points"]))
        distances.append(np.linalg.norm(gaps, axis=1).mean())
    expect(np.mean(distances) < 1.5, "a mean of at most 1.5 px", f"{np.mean(distances):.2f}")
    return f"mean {np.mean(distances):.2f} px, worst face {max(distances):.2f} px"


def model_pixels(artefacts, arrays, height):
    """3DDFA's 68 points of 40 + 10 coefficients where the annotated pose puts them, from 0."""
    folder = artefacts.real("3ddfa_tables")
    mean, shape, expression = (np.loadtxt(folder / f"{name}.txt")
                               for name in ("u_base", "w_shp_base", "w_exp_base"))
    arrays = {name: array.astype(float) for name, array in arrays.items()}
    pitch, yaw, roll, x, y, _, scale = arrays["Pose_Para"][0]
    points = (mean.ravel() + shape @ arrays["Shape_Para"][:40, 0]
              + expression @ arrays["Exp_Para"][:10, 0]).reshape(68, 3)
    # The model's y points up and its z to the viewer.
    rotation = artefacts.reference.R_from_pose_para(pitch, yaw, roll)
    turned = scale * points @ np.diag([1, -1, -1]) @ rotation.T
    return turned[:, :2] + [x - 1, height - y]


def tables(artefacts, folder, records):
    """convert --landmark-tables, where no landmark file says otherwise."""
    copy = artefacts.work / f"{folder.name}-without-landmarks"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("landmarks"))
    output = artefacts.work / f"{folder.name}-rebuilt.jsonl"
    artefacts.tool.run("convert", "300w-lp", "--input", copy, "--landmark-tables",
                       artefacts.real("3ddfa_tables"), "--output", output)
    worst = 0
    for record in read_json_lines(output):
        face = record["faces"][0]
        expect_same(record["id"], [True, None], [face["attributes"].get(name) for name in
                                                 ("rebuilt-landmarks", "contour-jaw")])
        expected = model_pixels(artefacts, sources(copy, record), record["image"]["height"])
        gap = abs(expected - np.array(face["landmarks"]["points"])).max()
        expect(gap < 1e-9, f"{record['id']}: the points of numpy", f"one off by {gap:g} px")
        worst = max(worst, gap)
    return f"{len(records)} faces, off by at most {worst:.1e} px"


def fits(artefacts, records, camera):
    """sixdof's fit is as far from the annotation as the best of many starts of scipy's."""
    model = np.load(artefacts.real("img2pose_reference") / "reference_3d_68_points_trans.npy")
    model = model.astype(float) * 0.1
    output = artefacts.work / f"fit-{camera}.jsonl"
    artefacts.tool.run("label", artefacts.work / "real-aflw2000.jsonl", "--relabel", "--camera",
                       camera, "--output", output)
    angles, turned, gaps = [], [], []
    for record, fitted in zip(records, read_json_lines(output), strict=True):
        annotated = Rotation.from_rotvec(record["faces"][0]["pose"]["rotation_vector"])
        pose = fitted["faces"][0]["pose"]
        expect_same("provenance", "pnp", pose["provenance"])
        ours = Rotation.from_rotvec(pose["rotation_vector"])
        best = optimum(model, np.array(fitted["faces"][0]["landmarks"]["points"]), fitted["camera"])
        ours, theirs = (math.degrees((annotated.inv() * one).magnitude()) for one in (ours, best))
        expect_close(f"{record['id']} degrees from the annotation", theirs, ours, 0.05)
        angles.append(ours)
        sight = sight_rotation(np.array(record["faces"][0]["pose"]["translation"]))
        by_axis = Rotation.from_rotvec(pose["rotation_vector"])
        turned.append(math.degrees(((sight * annotated).inv() * by_axis).magnitude()))
        gaps.append(abs(ours - theirs))
    return (f"{len(angles)} faces {np.mean(angles):.2f} degrees from the annotation in the mean,"
            f" {np.mean(turned):.2f} from it turned to the camera's axis,"
            f" {max(gaps):.4f} from the optimum's own at most")


def optimum(model, pixels, camera):
    """The rotation of the least reprojection error with the face before the camera."""
    focal, centre = camera["fx"], np.array([camera["cx"], camera["cy"]])
    size = np.linalg.norm(pixels.std(axis=0)) / np.linalg.norm(model.std(axis=0)[:2])
    depth = focal / size
    ray = (pixels.mean(axis=0) - centre) / focal

    def residuals(pose):
        # The depth by its logarithm: it stays positive, and of one magnitude with the angles.
        far = depth * math.exp(pose[5])
        offset = np.array([*(ray + pose[3:5]), 1]) * far
        points = Rotation.from_rotvec(pose[:3]).apply(model) + offset
        return (focal * points[:, :2] / points[:, 2:] + centre - pixels).ravel()

    starts = [Rotation.from_euler("yx", [yaw, pitch], degrees=True).as_rotvec()
              for yaw in (-80, -40, 0, 40, 80) for pitch in (-40, 0, 40)]
    found = [least_squares(residuals, [*start, 0, 0, 0], method="lm", xtol=1e-14, ftol=1e-14)
             for start in starts]
    return Rotation.from_rotvec(min(found, key=lambda one: one.cost).x[:3])
