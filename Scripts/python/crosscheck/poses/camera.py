"""The pinhole camera, the five-point mean face and img2pose's pose conversion, in numpy.

Axes are OpenCV's: x right, y down, z forward; a pose is six numbers, rotation vector then
translation. Translations are in img2pose's unit of 0.1 m, in which the mean face is given.
"""

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

METRES_PER_UNIT = 0.1

# The five reference points of img2pose (vitoralbiero/img2pose, CC BY-NC 4.0:
# pose_references/reference_3d_5_points_trans.npy, float32), as exact decimals: image-left eye,
# image-right eye, nose tip, image-left and image-right mouth corner.
MEAN_FACE = np.array([
    [-0.30313676595687866, -0.40087890625, -0.3797421157360077],
    [0.32007795572280884, -0.3944146931171417, -0.3775203227996826],
    [0.014787951484322548, -0.02910064347088337, -0.7367203831672668],
    [-0.23718082904815674, 0.2758053243160248, -0.3972250521183014],
    [0.2268471121788025, 0.2858005166053772, -0.4119528532028198],
])


def image_camera(width, height):
    """img2pose's camera of an image that says nothing about its own."""
    return np.array([
        [width + height, 0, width // 2], [0, width + height, height // 2], [0, 0, 1]
    ], dtype=float)


def camera_points(pose, points):
    return Rotation.from_rotvec(pose[:3]).apply(points) + pose[3:]


def projection(pose, points, camera):
    homogeneous = camera_points(pose, points) @ camera.T
    return homogeneous[:, :2] / homogeneous[:, 2:]


def usable_correspondences(landmarks):
    """The mean face's points and the pixels of those landmarks that are there (-1 -1 is not)."""
    pixels = np.asarray(landmarks, dtype=float)
    present = ~np.all(pixels == -1, axis=1)
    return MEAN_FACE[present], pixels[present]


def cost(pose, points, pixels, camera):
    """The sum of squared distances in pixels; infinite where a point is behind the camera."""
    if np.any(camera_points(pose, points)[:, 2] <= 0):
        return np.inf
    return float(np.sum((projection(pose, points, camera) - pixels) ** 2))


def lowest_cost(pose, points, pixels, camera, starts):
    """The lowest cost that scipy's Levenberg-Marquardt finds from any of the starting rotations,
    each placed where `pose` has the face."""
    def residuals(candidate):
        return (projection(candidate, points, camera) - pixels).ravel()

    found = []
    for start in starts:
        solution = least_squares(residuals, [*start, *pose[3:]], method="lm", x_scale="jac",
                                 xtol=1e-12, ftol=1e-12, max_nfev=400)
        found.append(cost(solution.x, points, pixels, camera))
    return min(found)


def starting_rotations(pose, random, count):
    """The pose's own rotation, its mirror image in depth (the twin that weak perspective cannot
    tell from it), the frontal one, and `count` random ones."""
    mirror = np.diag([1.0, 1.0, -1.0])
    own = Rotation.from_rotvec(pose[:3])
    twin = Rotation.from_matrix(mirror @ own.as_matrix() @ mirror)
    others = Rotation.random(count, rng=random)
    return [own.as_rotvec(), twin.as_rotvec(), np.zeros(3), *others.as_rotvec()]


def global_from_local(pose, camera, box):
    """img2pose's conversion of a pose from the box's camera to the image's.

    The matrix it builds is not a rotation; scipy >= 1.15.2 takes its polar factor.
    """
    x1, y1, x2, y2 = box
    box_camera = camera.copy()
    box_camera[:2, 2] = x1 + (x2 - x1) // 2, y1 + (y2 - y1) // 2
    translation = np.array(pose[3:], dtype=float)
    translation[2] *= camera[0, 0] / ((x2 - x1) + (y2 - y1))
    shear = np.linalg.solve(camera, box_camera)
    rotation = Rotation.from_matrix(shear @ Rotation.from_rotvec(pose[:3]).as_matrix())
    return np.concatenate([rotation.as_rotvec(), shear @ translation])


def rotation_between(first, second):
    """The angle in degrees between two rotation vectors."""
    turn = Rotation.from_rotvec(first) * Rotation.from_rotvec(second).inv()
    return float(np.degrees(turn.magnitude()))
