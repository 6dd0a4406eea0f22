"""The fitted poses: optimal, consistent with each other, and true where the truth is known."""

import numpy as np

from .camera import (
    METRES_PER_UNIT, cost, global_from_local, image_camera, lowest_cost, rotation_between,
    starting_rotations, usable_correspondences,
)
from .image_size import image_size
from .img2pose_layout import read_samples
from .report import expect, expect_close, expect_same

RANDOM_STARTS = 5
SYNTHETIC_POSES = 40  # fewer would make the check of the truth hollow
COST_TOLERANCE = 1e-4
# Landmarks rounded to 3 decimals leave costs around 1e-6 px², where a relative bound says nothing.
COST_FLOOR = 1e-7


def checks(artefacts):
    sources = {
        "synthetic": lambda: artefacts.synthetic,
        "traps": lambda: artefacts.traps,
        "photos": lambda: artefacts.photos,
    }
    for name, source in sources.items():
        yield f"pose is the optimum, {name}", lambda source=source: optimum(source().build)
        yield f"local to global pose, {name}", lambda source=source: conversion(source().build)
        yield f"records and LMDB agree, {name}", lambda source=source: same_poses(source().build)
    yield "poses against the truth", lambda: truth(artefacts)


def posed_faces(build):
    """(camera, box, landmarks, local pose, global pose) of each posed face of a build."""
    for sample in read_samples(build.beside(".lmdb")):
        camera = image_camera(*image_size(sample.image))
        for face in sample.posed():
            yield (camera, sample.boxes[face], sample.landmarks[face],
                   np.array(sample.local_poses[face]), np.array(sample.global_poses[face]))


def optimum(build):
    """No start may lead scipy to a lower reprojection error than the stored pose has."""
    random = np.random.default_rng(20)
    excesses, errors = [], []
    for number, (camera, _, landmarks, _, pose) in enumerate(posed_faces(build)):
        points, pixels = usable_correspondences(landmarks)
        expect(pose[5] > 0, f"face {number}: in front of the camera", f"tz = {pose[5]}")
        stored = cost(pose, points, pixels, camera)
        lowest = lowest_cost(pose, points, pixels, camera,
                             starting_rotations(pose, random, RANDOM_STARTS))
        expect(stored <= lowest * (1 + COST_TOLERANCE) + COST_FLOOR,
               f"face {number}: no cost below {stored:.9g} px²", f"{lowest:.9g} px²")
        excesses.append((stored - lowest) / (lowest + COST_FLOOR))
        errors.append(np.sqrt(stored / len(points)))
    expect(len(errors) > 0, "posed faces", 0)
    return (f"{len(errors)} faces, {RANDOM_STARTS + 3} starts each: cost at most "
            f"{max(excesses):.1e} above the lowest found; rms {np.median(errors):.2g} px in the "
            f"median, {max(errors):.2g} px at most")


def conversion(build, tolerance=1e-9):
    """img2pose's own formula takes each local pose to the stored global one."""
    errors = []
    for number, (camera, box, _, local, stored) in enumerate(posed_faces(build)):
        converted = global_from_local(local, camera, box)
        rotation = np.radians(rotation_between(converted[:3], stored[:3]))
        translation = np.linalg.norm(converted[3:] - stored[3:]) / np.linalg.norm(stored[3:])
        errors.append(max(rotation, translation))
        expect(errors[-1] <= tolerance, f"face {number}: {stored.tolist()}", converted.tolist())
    expect(len(errors) > 0, "posed faces", 0)
    return f"{len(errors)} faces, largest difference {max(errors):.1e} (radians, or of the depth)"


def same_poses(build):
    """The records' poses (metres) and residuals are those of the LMDB (0.1 m)."""
    stored = list(posed_faces(build))
    recorded = [
        (record, face) for record in build.records for face in record["faces"]
        if face.get("pose") and is_kept(face["bbox_xyxy"])
    ]
    expect(len(recorded) == len(stored), f"{len(stored)} posed faces in the records", len(recorded))
    for number, ((record, face), (camera, _, _, _, pose)) in enumerate(
            zip(recorded, stored, strict=True)):
        expect_same(f"face {number}: pose provenance", "pnp", face["pose"]["provenance"])
        recorded_pose = [*face["pose"]["rotation_vector"],
                         *(metres / METRES_PER_UNIT for metres in face["pose"]["translation"])]
        for index in range(6):
            expect_close(f"face {number}: pose[{index}]", recorded_pose[index], pose[index],
                         1e-12 * (1 + abs(pose[index])))
        expect_same(f"face {number}: camera", [camera[0, 0], camera[1, 1], *camera[:2, 2]],
                    [record["camera"][name] for name in ("fx", "fy", "cx", "cy")])
        # The record's own: where one is missing, the LMDB has it by the pose.
        points, pixels = usable_correspondences(
            [point or [-1, -1] for point in face["landmarks"]["points"]])
        rms = float(np.sqrt(cost(pose, points, pixels, camera) / len(points)))
        expect_close(f"face {number}: reprojection rms", rms, face["fit"]["reprojection_rms_px"],
                     1e-6)
        expect_same(f"face {number}: points", len(points), face["fit"]["points"])
    return f"{len(stored)} poses, cameras and residuals (px, to 1e-6) equal"


def is_kept(box):
    x1, y1, x2, y2 = map(int, box)
    return x1 < x2 and y1 < y2


def truth(artefacts, degrees=0.5, depth_share=0.01):
    """Synthetic landmarks are free of noise up to their 3 decimals, so the fit is the truth."""
    fitted = {record["image"]["path"]: record["faces"]
              for record in artefacts.synthetic.build.records}
    rotations, translations = [], []
    for record in artefacts.truth:
        faces = fitted[record["image"]["path"]]
        expect_same(f"{record['id']}: faces", len(record["faces"]), len(faces))
        for true_face, face in zip(record["faces"], faces, strict=True):
            expect_same(f"{record['id']}: box", true_face["bbox_xyxy"], face["bbox_xyxy"])
            if true_face.get("pose") and face.get("pose"):
                expect_same(f"{record['id']}: provenance", "annotation",
                            true_face["pose"]["provenance"])
                rotations.append(rotation_between(true_face["pose"]["rotation_vector"],
                                                  face["pose"]["rotation_vector"]))
                translations.append(relative_distance(true_face["pose"]["translation"],
                                                      face["pose"]["translation"]))
    expect(len(rotations) > SYNTHETIC_POSES, f"over {SYNTHETIC_POSES} poses", len(rotations))
    summary = (f"rotation {np.median(rotations):.2g}° in the median, {max(rotations):.2g}° at most;"
               f" translation {max(translations):.1e} of the depth at most")
    expect(max(rotations) <= degrees and max(translations) <= depth_share,
           f"within {degrees}° and {depth_share:.0%} of the depth", summary)
    return f"{len(rotations)} faces: {summary}"


def relative_distance(true, found):
    return np.linalg.norm(np.subtract(true, found)) / np.linalg.norm(true)
