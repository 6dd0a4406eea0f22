"""`label --solver epnp` against OpenCV's solvePnP with SOLVEPNP_EPNP on the same float32 points.

Five noisy points leave EPnP a null space of two dimensions whose basis rounding decides; sixdof sums
and rotates in OpenCV's order, so the two agree there too.
"""

import json
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from .camera import MEAN_FACE, METRES_PER_UNIT
from .report import expect, expect_same
from .tool import read_json_lines

LAYOUTS = {5: "face-5", 68: "ibug-68"}
SYNTHETIC_CASES = 2500
LANDMARK_NOISE = 0.01  # of the distance between the eyes, as all noise here
ROTATION_TOLERANCE = 1e-6  # radians
SHARE_WITHIN_TOLERANCE = 0.999


@dataclass
class Cases:
    """Faces with known cameras: `model` (points, 3) in units of 0.1 m, `cameras` (faces, 4) as
    fx, fy, cx, cy, `pixels` (faces, points, 2) and true `rotations`."""

    model: np.ndarray
    cameras: np.ndarray
    pixels: np.ndarray
    rotations: Rotation


@dataclass
class Poses:
    rotations: Rotation
    translations: np.ndarray  # (faces, 3), units of 0.1 m


def checks(artefacts):
    yield "EPnP as OpenCV's, 68 points", lambda: determined(artefacts, "68", sixty_eight(artefacts))
    yield "EPnP as OpenCV's, exact five points", lambda: determined(
        artefacts, "exact", synthetic(MEAN_FACE, 30, identity=0, noise=0))
    yield "EPnP as OpenCV's, noisy five points", lambda: determined(
        artefacts, "noisy", synthetic(MEAN_FACE, 31, identity=0.04, noise=LANDMARK_NOISE, integer=True))


def sixty_eight(artefacts):
    model = np.load(artefacts.real("img2pose_reference") / "reference_3d_68_points_trans.npy")
    random = [synthetic(model, 32 + seed, identity, LANDMARK_NOISE, integer)
              for seed, (identity, integer) in enumerate([(0.03, False), (0.05, True)])]
    return joined([stored(artefacts.real("pnp"), model), *random])


def stored(folder, model):
    data = np.load(folder / f"faces_{len(model)}_points_noise1.npz")
    width, height = data["image_size"].T
    return Cases(model, assumed_cameras(width, height), data["points"],
                 Rotation.from_matrix(data["truth_rotation"]))


def synthetic(model, seed, identity, noise, integer=False, count=SYNTHETIC_CASES):
    """Faces that differ from the model by `identity`, seen with landmark noise."""
    random = np.random.default_rng(seed)
    width, height = random.integers(300, 2000, (2, count))
    cameras = assumed_cameras(width, height)
    axes = random.normal(size=(count, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    rotations = Rotation.from_rotvec(axes * random.uniform(0, 1.2, (count, 1)))
    depths = np.exp(random.uniform(np.log(3), np.log(90), count))
    offsets = random.uniform(-0.4, 0.4, (count, 2)) * np.stack([width, height], 1)
    translations = np.column_stack([offsets / cameras[:, :2], np.ones(count)]) * depths[:, None]

    eyes = np.linalg.norm(MEAN_FACE[1] - MEAN_FACE[0])
    faces = model + random.normal(size=(count, *model.shape)) * identity * eyes / np.sqrt(3)
    pixels = projected(Poses(rotations, translations), faces, cameras)
    scale = noise * eyes * cameras[:, :1] / depths[:, None]
    pixels += random.normal(size=pixels.shape) * scale[:, None]
    return Cases(model, cameras, np.rint(pixels) if integer else pixels, rotations)


def assumed_cameras(width, height):
    return np.stack([width + height, width + height, width // 2, height // 2], 1).astype(float)


def joined(cases):
    return Cases(cases[0].model, *(np.concatenate([getattr(part, name) for part in cases])
                                   for name in ("cameras", "pixels")),
                 Rotation.concatenate([part.rotations for part in cases]))


def projected(poses, points, cameras):
    """Pixels of points that are the same for all faces (points, 3), or not (faces, points, 3)."""
    turned = points @ poses.rotations.as_matrix().transpose(0, 2, 1)
    seen = turned + poses.translations[:, None]
    return seen[..., :2] / seen[..., 2:] * cameras[:, None, :2] + cameras[:, None, 2:]


def opencv_poses(cases):
    vectors, translations = [], []
    for (fx, fy, cx, cy), pixels in zip(cases.cameras, cases.pixels, strict=True):
        camera = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
        found, vector, translation = cv2.solvePnP(
            cases.model.astype(np.float32), pixels.astype(np.float32), camera, None,
            flags=cv2.SOLVEPNP_EPNP)
        expect(found, "a pose from OpenCV", found)
        vectors.append(vector.ravel())
        translations.append(translation.ravel())
    return Poses(Rotation.from_rotvec(vectors), np.array(translations))


def sixdof_poses(artefacts, name, cases):
    """The poses that sixdof gives records of the cases, one face an image."""
    source = artefacts.work / f"epnp-{name}.jsonl"
    labelled = artefacts.work / f"epnp-{name}-labelled.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for record in records(cases):
            file.write(json.dumps(record) + "\n")
    artefacts.tool.run("label", source, "--solver", "epnp", "--output", labelled)
    return poses_of(read_json_lines(labelled), cases)


def records(cases):
    for number, (camera, pixels) in enumerate(zip(cases.cameras, cases.pixels, strict=True)):
        fx, fy, cx, cy = camera.tolist()
        yield {
            "schema": "sixdof.image/1",
            "id": f"epnp/{number}",
            "source": {"dataset": "epnp"},
            "image": {"path": f"{number}.jpg", "width": int(2 * cx) + 1, "height": int(2 * cy) + 1},
            "camera": {"fx": fx, "fy": fy, "cx": cx, "cy": cy, "provenance": "user"},
            "faces": [{
                "bbox_xyxy": [*pixels.min(axis=0).tolist(), *(pixels.max(axis=0) + 1).tolist()],
                "landmarks": {"layout": LAYOUTS[len(pixels)], "points": pixels.tolist()},
            }],
        }


def poses_of(labelled, cases):
    expect_same("records", len(cases.cameras), len(labelled))
    faces = [record["faces"][0] for record in labelled]
    for number, face in enumerate(faces):
        expect(face.get("pose"), f"record {number}: a pose", face.get("pose"))
        expect_same(f"record {number}: solver", "epnp", face["fit"]["solver"])
        expect_same(f"record {number}: points", len(cases.model), face["fit"]["points"])
    poses = [face["pose"] for face in faces]
    return Poses(Rotation.from_rotvec([pose["rotation_vector"] for pose in poses]),
                 np.array([pose["translation"] for pose in poses]) / METRES_PER_UNIT)


def determined(artefacts, name, cases):
    return agreement(sixdof_poses(artefacts, name, cases), opencv_poses(cases))


def agreement(ours, theirs):
    """Nearly all poses are OpenCV's; those left over are decided by rounding."""
    turns = (ours.rotations * theirs.rotations.inv()).magnitude()
    shifts = (np.linalg.norm(ours.translations - theirs.translations, axis=1)
              / np.linalg.norm(theirs.translations, axis=1))
    share = np.mean((turns <= ROTATION_TOLERANCE) & (shifts <= ROTATION_TOLERANCE))
    summary = (f"{share:.2%} of {len(turns)} poses within {ROTATION_TOLERANCE:g} (radians, and of "
               f"the distance); {np.median(turns):.1e} rad in the median, {max(turns):.1e} at most")
    expect(share >= SHARE_WITHIN_TOLERANCE, f"{SHARE_WITHIN_TOLERANCE:.1%} of OpenCV's poses",
           summary)
    return summary
