"""The poses that OpenCV and img2pose find, and OpenCV's time."""
import time

import cv2
import numpy as np

cv2.setNumThreads(1)

METHODS = ("EPNP", "EPNP + LM", "SQPNP")
NO_DISTORTION = np.zeros((4, 1))
NO_POSE = np.full((3, 1), np.nan)


def camera_matrices(width, height, centre=None):
    """img2pose's rule: f = w + h, and the principal point in the middle."""
    matrices = np.zeros((len(width), 3, 3))
    matrices[:, 0, 0] = matrices[:, 1, 1] = width + height
    matrices[:, :2, 2] = np.stack([width // 2, height // 2], 1) if centre is None else centre
    matrices[:, 2, 2] = 1
    return matrices


def solve(method, model, points, camera):
    """A rotation vector and a translation; NaN where OpenCV finds none. Points are float32."""
    flags = cv2.SOLVEPNP_SQPNP if method == "SQPNP" else cv2.SOLVEPNP_EPNP
    try:
        found, rotation, translation = cv2.solvePnP(
            model, points, camera, NO_DISTORTION, flags=flags)
    except cv2.error:
        # SQPNP refuses points that are close together, as the smallest faces' are.
        found = False
    if not found:
        return NO_POSE, NO_POSE
    if method == "EPNP + LM":
        return cv2.solvePnPRefineLM(model, points, camera, NO_DISTORTION, rotation, translation)
    return rotation, translation


def nothing(method, model, points, camera):
    """Of the cheapest calls with at least as many arrays in and out as `solve` has: what Python's side
    costs. It is rather too much, to OpenCV's advantage."""
    cv2.norm(points, points)
    result = cv2.cartToPolar(SHORT, SHORT)
    if method == "EPNP + LM":
        cv2.norm(points, points)
        cv2.norm(points, points)
        result = cv2.cartToPolar(SHORT, SHORT)
    return result


SHORT = np.ones((3, 1))


def microseconds(call, method, model, cases):
    """Processor time of one call each for all cases, their mean; as for the Swift program, what other
    processes take is not in it. Faces that the method refuses are left out, for an error has a time of
    its own."""
    model = model.astype(np.float32)
    faces = list(zip(
        cases["points"].astype(np.float32), camera_matrices(*cases["image_size"].T)))
    faces = [face for face in faces if solve(method, model, *face)[0] is not NO_POSE]
    start = time.process_time()
    for seen, camera in faces:
        call(method, model, seen, camera)
    return (time.process_time() - start) / len(faces) * 1e6


def poses(method, model, points, cameras):
    """Rotation matrices and translations of all faces."""
    model = model.astype(np.float32)
    rotations, translations = np.empty((len(points), 3, 3)), np.empty((len(points), 3))
    for i, (seen, camera) in enumerate(zip(points.astype(np.float32), cameras)):
        rotation, translation = solve(method, model, seen, camera)
        rotations[i] = cv2.Rodrigues(rotation)[0]
        translations[i] = translation[:, 0]
    return rotations, translations


def image_poses(method, model, cases):
    """In the whole image's camera."""
    return poses(method, model, cases["points"], camera_matrices(*cases["image_size"].T))


def img2pose_poses(model, cases):
    """img2pose's labels (FORMATS §8): EPNP in the crop's camera, then a conversion to the image whose
    matrix is no rotation, made one as SciPy up to 1.15.1 does."""
    box = cases["box"]
    size = box[:, 2:] - box[:, :2]
    local_rotation, local_translation = poses(
        "EPNP", model, cases["points"] - box[:, None, :2], camera_matrices(*size.T))
    image = camera_matrices(*cases["image_size"].T)
    moved = camera_matrices(*cases["image_size"].T, centre=box[:, :2] + size // 2)
    conversion = np.linalg.inv(image) @ moved
    translation = local_translation.copy()
    translation[:, 2] /= size.sum(1) / cases["image_size"].sum(1)
    translation = np.einsum("nij,nj->ni", conversion, translation)
    return markley(conversion @ local_rotation), translation


def markley(matrices):
    """SciPy's old rule: a quaternion by the formula of the largest element, normalised."""
    m = matrices
    diagonal = np.einsum("nii->ni", m)
    trace = diagonal.sum(1)
    choice = np.argmax(np.column_stack([diagonal, trace]), axis=1)
    q = np.stack([
        m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1], 1 + trace], 1)
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        rows = choice == i
        q[rows, i] = (1 - trace + 2 * m[:, i, i])[rows]
        q[rows, j] = (m[:, j, i] + m[:, i, j])[rows]
        q[rows, k] = (m[:, k, i] + m[:, i, k])[rows]
        q[rows, 3] = (m[:, k, j] - m[:, j, k])[rows]
    x, y, z, w = (q / np.linalg.norm(q, axis=1, keepdims=True)).T
    return np.stack([
        1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
        2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
        2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
    ], axis=-1).reshape(-1, 3, 3)
