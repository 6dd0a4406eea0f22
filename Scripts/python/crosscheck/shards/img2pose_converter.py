"""img2pose's label algorithm (convert_json_list_to_lmdb.py), rendered from what FORMATS §8 says of it.

Faces, boxes and landmarks are as its JSON files have them. Poses are six numbers, rotation vector
then translation, in units of 0.1 m; `None` stands for the six integers -9 of a face without a pose.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from .camera import image_camera

NO_POSE = [-9] * 6


@dataclass
class Labels:
    """What the converter stores of one image, beside the image's bytes."""

    boxes: list = field(default_factory=list)
    global_poses: list = field(default_factory=list)
    local_poses: list = field(default_factory=list)
    landmarks: list = field(default_factory=list)

    @property
    def is_kept(self):
        return any(pose is not None for pose in self.local_poses)


def markley(matrix):
    """How scipy <= 1.15.1 makes a rotation of any matrix: the quaternion is read off around its
    largest component, then normalised."""
    m = np.asarray(matrix, dtype=float)
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    choices = [m[0, 0], m[1, 1], m[2, 2], trace]
    choice = int(np.argmax(choices))
    quaternion = np.empty(4)
    if choice == 3:
        quaternion[:] = (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 1 + trace)
    else:
        i, j, k = choice, (choice + 1) % 3, (choice + 2) % 3
        quaternion[i] = 1 - trace + 2 * m[i, i]
        quaternion[j] = m[j, i] + m[i, j]
        quaternion[k] = m[k, i] + m[i, k]
        quaternion[3] = m[k, j] - m[j, k]
    return Rotation.from_quat(quaternion / np.linalg.norm(quaternion))


RULES = {
    "markley": markley,
    "procrustes": Rotation.from_matrix,  # the polar factor, as scipy >= 1.15.2 has it
}


def labels(size, boxes, landmarks, models, rule):
    """The labels of an image of `size` (width, height).

    `models` has the reference points by their number; `rule` is a name in `RULES`.
    """
    camera, result = image_camera(*size), Labels()
    for box, points in zip(boxes, landmarks, strict=True):
        box = np.array(box[:4]).astype(int)  # toward zero
        if box[0] >= box[2] or box[1] >= box[3]:
            continue
        local = None
        if not any(-1 in point for point in points):
            local = local_pose(box, np.array(points, dtype=float)[:, :2], models[len(points)])
        result.boxes.append(box.tolist())
        result.local_poses.append(local)
        result.global_poses.append(
            None if local is None else global_pose(local, box, camera, RULES[rule]))
        result.landmarks.append(points)
    return result


def crop_camera(box):
    """img2pose's camera of a crop is that of an image of the same size."""
    return image_camera(int(box[2] - box[0]), int(box[3] - box[1]))


def local_pose(box, points, model):
    """EPnP without refinement, on float32 points relative to the whole-number box."""
    relative = (points - box[:2]).astype(np.float32)
    found, vector, translation = cv2.solvePnP(
        model.astype(np.float32), relative, crop_camera(box), None, flags=cv2.SOLVEPNP_EPNP)
    assert found
    return np.concatenate([vector.ravel(), translation.ravel()])


def moved_camera(camera, box):
    """The image's camera with the box's centre as principal point."""
    moved = camera.copy()
    moved[:2, 2] = box[0] + (box[2] - box[0]) // 2, box[1] + (box[3] - box[1]) // 2
    return moved


def global_pose(local, box, camera, rule):
    """The pose in the image's camera; the matrix made on the way is a sheared rotation."""
    shear = np.linalg.inv(camera) @ moved_camera(camera, box)
    translation = local[3:].copy()
    translation[2] /= ((box[2] - box[0]) + (box[3] - box[1])) / camera[0, 0]
    rotation = rule(shear @ Rotation.from_rotvec(local[:3]).as_matrix())
    return np.concatenate([rotation.as_rotvec(), shear @ translation])


def moments(all_labels):
    """Mean and standard deviation of the local poses of images that are kept."""
    poses = [pose for image in all_labels if image.is_kept
             for pose in image.local_poses if pose is not None]
    return np.mean(poses, axis=0), np.std(poses, axis=0)
