"""Options of the default profile: rotation rule, reprojected landmarks, cameras, given rotations,
and the uncertainty that a fit states."""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from .camera import (
    METRES_PER_UNIT, cost, image_camera, lowest_cost, projection, rotation_between,
    starting_rotations,
)
from .image_size import image_size
from .img2pose_converter import RULES, global_pose, local_pose
from .img2pose_layout import read_samples
from .landmark_uncertainty import design_factors, sigmas
from .report import expect, expect_close, expect_same
from .tool import read_json_lines

COST_TOLERANCE = 1e-4
STEP = 15  # every so many faces are given to scipy, which is slow
MISS_TOLERANCE = 1e-9  # degrees
WIDE_FOCAL = 200  # pixels, for images 517 to 1023 wide
# Relative. By default the Jacobian is that of the last but one pose; with a tight tolerance the two
# poses are the same.
SIGMA_TOLERANCE, TIGHT_SIGMA_TOLERANCE = 1e-3, 1e-5
TIGHT = ["--tolerance", "1e-13"]
EXACT_TOLERANCE = 1e-4


def checks(artefacts):
    shared = Shared(artefacts)
    yield "rotation rule without profile", lambda: rotation_rule(shared)
    for name in ("five", "sixty_eight"):
        title = name.replace("_", "-")
        yield f"reprojected landmarks, {title}", lambda name=name: reprojected(shared, name)
        yield f"sigmas, {title}", lambda name=name: uncertainty(shared, name)
        yield f"translation of given rotations, {title}", lambda name=name: translations(
            shared, name)
    for name, (options, camera, provenance) in cameras(artefacts.work).items():
        yield f"relabelled with {name}", lambda a=options, b=camera, c=provenance, d=name: (
            relabelled(shared, d, a, b, c))


class Shared:
    def __init__(self, artefacts):
        self.artefacts = artefacts

    @cached_property
    def models(self):
        return {number: model.astype(float) for number, model in self.artefacts.models.items()}

    @property
    def lists(self):
        return self.artefacts.face_lists

    @cached_property
    def labelled(self):
        """The paths of records labelled by default, by the list's name."""
        return {name: getattr(self.lists, name).labelled("labelled")
                for name in ("five", "sixty_eight")}

    def tight(self, name):
        """The same, iterated to the end."""
        return getattr(self.lists, name).labelled("tight", *TIGHT)


def rotation_rule(shared):
    """Local poses for the old rule miss the global ones by what the manifest says: not at all in the
    usual camera, but where a crop is far off the axis of a wide one."""
    parts = []
    for name, options in (("usual camera", []), ("wide camera", ["--focal", WIDE_FOCAL])):
        focal = options[1] if options else None
        misses = conversion_misses(shared.lists.five, focal, options)
        mean, largest = np.mean(misses), max(misses)
        parts.append(f"{name}: {len(misses)} faces miss by {mean:.2g}° in the mean, {largest:.2g}° "
                     "at most")
    expect(largest > 0.01, "misses in the wide camera", parts[-1])
    return f"{'; '.join(parts)}, as the manifests say"


def conversion_misses(faces, focal, options):
    plain, markley = (
        faces.build(f"{rule}-{focal}", *options, *rule_options)
        for rule, rule_options in (("procrustes", []), ("markley", ["--rotation-rule", "markley"])))
    misses = []
    for sample, other in zip(*(read_samples(Path(f"{prefix}.lmdb")) for prefix in (markley, plain)),
                             strict=True):
        camera = image_camera(*image_size(sample.image))
        if focal:
            camera[[0, 1], [0, 1]] = focal
        expect_same("global poses, whatever the rule", other.global_poses, sample.global_poses)
        for face in sample.posed():
            local, stored = (np.array(poses[face])
                             for poses in (sample.local_poses, sample.global_poses))
            converted = global_pose(local, sample.boxes[face], camera, RULES["markley"])
            misses.append(rotation_between(converted[:3], stored[:3]))
            distance = np.linalg.norm(converted[3:] - stored[3:]) / np.linalg.norm(stored[3:])
            expect(distance <= 1e-12, "the translation to be exact", distance)
    stated = pose_member(markley)["local_to_global_error_deg"]
    expect_close("mean miss, degrees", np.mean(misses), stated["mean"], MISS_TOLERANCE)
    expect_close("largest miss, degrees", max(misses), stated["max"], MISS_TOLERANCE)
    expect("local_to_global_error_deg" not in pose_member(plain), "none by the exact rule", "one")
    return misses


def pose_member(prefix):
    return json.loads(Path(f"{prefix}.manifest.json").read_text())["pose"]


def reprojected(shared, name):
    """What is stored is the model as the global pose projects it: EPnP in the image's camera finds
    that pose again. img2pose's loader solves in the crop's camera, which sees it by another
    perspective, so there the two agree only as far as the crop's approximation goes."""
    faces = getattr(shared.lists, name)
    builds = [read_samples(Path(f"{faces.build(f'landmarks-{kind}', '--landmarks', kind)}.lmdb"))
              for kind in ("reprojected", "annotated")]
    offsets, exact, angles = [], [], ([], [])
    for sample, annotated in zip(*builds, strict=True):
        size = image_size(sample.image)
        camera = image_camera(*size)
        for part in ("boxes", "local_poses", "global_poses"):
            expect_same(part, getattr(annotated, part), getattr(sample, part))
        for face in sample.posed():
            points, pose = np.array(sample.landmarks[face]), np.array(sample.global_poses[face])
            model = shared.models[len(points)]
            offsets.append(np.abs(points - projection(pose, model, camera)).max())
            # The crop that is the whole image has the image's camera.
            exact.append(pose_difference(local_pose(np.array([0, 0, *size]), points, model), pose))
            for found, landmarks in zip(angles, (sample.landmarks, annotated.landmarks),
                                        strict=True):
                again = local_pose(np.array(sample.boxes[face]), np.array(landmarks[face]), model)
                found.append(rotation_between(again[:3], sample.local_poses[face][:3]))
    expect(len(offsets) > 1000, "1000 faces", len(offsets))
    expect(max(offsets) <= 1e-6, "projections within 1e-6 px", max(offsets))
    share = np.mean(np.array(exact) <= EXACT_TOLERANCE)
    expect(share >= 0.999, f"99.9 % of the poses from EPnP within {EXACT_TOLERANCE:g}",
           (share, max(exact)))
    after, before = (np.percentile(found, [50, 95]) for found in angles)
    summary = (f"in the crop within {after[0]:.2g}° in the median, {after[1]:.2g}° at 95 % (from "
               f"annotated landmarks {before[0]:.2g}° and {before[1]:.2g}°)")
    expect(np.all(after <= 1.05 * before) and after[0] < 10, "no worse than annotated", summary)
    return (f"{len(offsets)} faces within {max(offsets):.0e} px; EPnP in the image finds {share:.2%} "
            f"of the poses within {EXACT_TOLERANCE:g}; {summary}")


def pose_difference(found, expected):
    shift = np.linalg.norm(found[3:] - expected[3:]) / np.linalg.norm(expected[3:])
    return max(np.radians(rotation_between(found[:3], expected[:3])), shift)


def uncertainty(shared, name):
    """Sigmas are those of the Jacobian at the pose."""
    parts = []
    for path, tolerance in ((shared.labelled[name], SIGMA_TOLERANCE),
                            (shared.tight(name), TIGHT_SIGMA_TOLERANCE)):
        differences = [sigma_difference(shared, record, face, freedom=6)
                       for record in read_json_lines(path) for face in record["faces"]]
        expect(len(differences) > 1000, "1000 faces", len(differences))
        parts.append(f"{np.median(differences):.1e} in the median, {max(differences):.1e} at most")
        expect(max(differences) <= tolerance, f"sigmas within {tolerance:g}", parts[-1])
    return (f"six sigmas of {len(differences)} faces: {parts[0]}, relative; with a tolerance of "
            f"{TIGHT[1]} {parts[1]}")


def sigma_difference(shared, record, face, freedom):
    pixels = np.array(face["landmarks"]["points"])
    model = shared.models[len(pixels)] * METRES_PER_UNIT
    pose = np.array([*face["pose"]["rotation_vector"], *face["pose"]["translation"]])
    expected = sigmas(pose, model, pixels, matrix(record["camera"]), design_factors_of(model),
                      freedom)
    found = face["fit"]["rotation_sigma_deg"], face["fit"]["translation_sigma"]
    if np.any(expected[0]):
        expected = np.hypot(expected[0], TURNS[len(pixels)]), expected[1]
    expected, found = np.concatenate(expected), np.concatenate(found)
    expect_same("sigmas that are zero", (expected == 0).tolist(), (found == 0).tolist())
    return float(np.max(np.abs(found - expected)[expected > 0] / expected[expected > 0]))


#: What is added about the camera's axes in degrees, because the mean face's axes are not those of heads.
TURNS = {5: np.array([3, 0, 0]), 68: np.array([4, 0, 0])}
FACTORS = {}


def design_factors_of(model):
    if len(model) not in FACTORS:
        FACTORS[len(model)] = design_factors(model)
    return FACTORS[len(model)]


def matrix(camera):
    return np.array([[camera["fx"], 0, camera["cx"]], [0, camera["fy"], camera["cy"]], [0, 0, 1]])


def translations(shared, name):
    """An annotated rotation stays to the last bit and its translation is scipy's optimum; without
    the option the whole pose stays."""
    random = np.random.default_rng(60)
    records = read_json_lines(shared.labelled[name])
    for record in records:
        for face in record["faces"]:
            pose = face["pose"]
            turn = Rotation.from_rotvec(random.normal(size=3) * 0.1)
            rotation = turn * Rotation.from_rotvec(pose["rotation_vector"])
            face["pose"] = pose | {
                "rotation_vector": rotation.as_rotvec().tolist(), "provenance": "annotation",
                "translation": [1.3 * metres + 0.01 for metres in pose["translation"]]}
            del face["fit"]
    faces = getattr(shared.lists, name)
    source = faces.work / f"{faces.name}-annotated.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    kept = read_json_lines(faces.labelled("annotated-kept", source=source))
    fitted = read_json_lines(faces.labelled("annotated-fitted", "--fit-translation", *TIGHT,
                                          source=source))
    count, excesses = 0, []
    for before, same, after in zip(records, kept, fitted, strict=True):
        camera = matrix(after["camera"])
        for old, untouched, new in zip(before["faces"], same["faces"], after["faces"], strict=True):
            expect_same("pose without the option", old["pose"], untouched["pose"])
            for key in ("rotation_vector", "provenance", "frame"):
                expect_same(key, old["pose"][key], new["pose"][key])
            expect("rotation_sigma_deg" not in new["fit"] and "translation_sigma" not in new["fit"],
                   "no sigmas beside a rotation that was given", new["fit"])
            count += 1
            if count % STEP == 0:
                excesses.append(translation_excess(shared, new, camera))
    expect(max(excesses) <= COST_TOLERANCE, "no lower cost", max(excesses))
    return (f"{count} rotations kept; {len(excesses)} costs at most {max(excesses):.1e} "
            "above scipy's; no sigmas")


def translation_excess(shared, face, camera):
    pose, points, pixels = fitted(shared, face)

    def residuals(translation):
        return (projection([*pose[:3], *translation], points, camera) - pixels).ravel()

    best = least_squares(residuals, pose[3:], method="lm", x_scale="jac", xtol=1e-13, ftol=1e-13)
    return cost(pose, points, pixels, camera) / (2 * best.cost) - 1


def fitted(shared, face):
    """(pose in units of 0.1 m, model points, pixels)."""
    pixels = np.array(face["landmarks"]["points"])
    pose = face["pose"]
    return (np.array([*pose["rotation_vector"], *np.array(pose["translation"]) / METRES_PER_UNIT]),
            shared.models[len(pixels)], pixels)


def cameras(work):
    """The options that name a camera, the camera they name for an image, and its provenance."""
    def centred(focal):
        return lambda image: [focal(image), focal(image), image["width"] // 2, image["height"] // 2]

    def table(image):
        # Vertical pixels of another size, and a principal point off the centre.
        return [900.5 + image["width"], 870.25, image["width"] / 2 - 3.5, 201.75]

    return {
        "--fov": (["--fov", 60], centred(
            lambda image: image["width"] / 2 / np.tan(np.radians(30))), "user"),
        "--focal": (["--focal", 777.5], centred(lambda image: 777.5), "user"),
        "--camera": (["--camera", "weak-perspective"], centred(
            lambda image: 100 * (image["width"] + image["height"])), "weak-perspective"),
        "--intrinsics, one": (["--intrinsics", work / "camera.txt"],
                              lambda image: [800.0, 820.0, 310.5, 244.25], "user"),
        "--intrinsics, many": (["--intrinsics", work / "cameras.jsonl"], table, "user"),
    }


def relabelled(shared, name, options, camera_for, provenance):
    """The record says the camera, and the pose is the optimum in it."""
    random = np.random.default_rng(61)
    faces = shared.lists.five
    source = shared.labelled["five"]
    before = read_json_lines(source)
    if name == "--intrinsics, one":
        Path(options[1]).write_text("800 0 310.5\n0 820 244.25\n0 0 1\n")
    elif name == "--intrinsics, many":
        with Path(options[1]).open("w") as file:
            for record in before:
                values = dict(zip(("fx", "fy", "cx", "cy"), camera_for(record["image"]),
                                  strict=True))
                file.write(json.dumps(values | {"path": record["image"]["path"]}) + "\n")
    slug = "".join(letter for letter in name if letter.isalpha())
    labelled = read_json_lines(faces.labelled(f"camera-{slug}", "--relabel", *options,
                                              source=source))
    excesses, count = [], 0
    for old, record in zip(before, labelled, strict=True):
        camera = record["camera"]
        expect_same("provenance", provenance, camera["provenance"])
        expected = camera_for(record["image"])
        for key, value in zip(("fx", "fy", "cx", "cy"), expected, strict=True):
            expect_close(key, value, camera[key], 1e-9 * value)
        expect_same("faces", len(old["faces"]), len(record["faces"]))
        for face in record["faces"]:
            expect_same("pose's provenance", "pnp", face["pose"]["provenance"])
            count += 1
            if count % (2 * STEP) == 0:
                excesses.append(excess(shared, face, matrix(camera), random))
    expect(max(excesses) <= COST_TOLERANCE, f"no cost lower by {COST_TOLERANCE:g}", max(excesses))
    return (f"{len(labelled)} cameras, provenance {provenance}; {len(excesses)} of {count} costs at "
            f"most {max(excesses):.1e} above scipy's lowest")


def excess(shared, face, camera, random):
    pose, points, pixels = fitted(shared, face)
    # A vertical pixel counts as the angle it is, in horizontal pixels' measure.
    lowest = lowest_cost(pose, points, pixels, camera, starting_rotations(pose, random, 2))
    return cost(pose, points, pixels, camera) / lowest - 1
