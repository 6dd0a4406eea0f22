"""A mean face learnt from landmarks, in numpy: the estimator of `sixdof calibrate`, written anew.

Poses and points take turns. Poses minimise the squared reprojection error of a face (Gauss-Newton on all faces at once);
the points then take one Gauss-Newton step on the errors of all faces, each as a length at the depth of the face's centroid.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from .landmark_uncertainty import design_factors, sigmas

EYES = (range(36, 42), range(42, 48))
SINGLE = [30, 48, 54]
# iBUG's points in the order in which a mirror shows them.
MIRROR = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1), 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41,
          40, *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65]


def five(points):
    """The five points of 68, of any leading shape."""
    if points.shape[-2] == 5:
        return points
    eyes = [points[..., list(eye), :].mean(-2, keepdims=True) for eye in EYES]
    return np.concatenate([*eyes, points[..., SINGLE, :]], -2)


def eye_distance(points):
    eyes = five(points)
    return np.linalg.norm(eyes[1] - eyes[0])


def starting_poses(seen, model):
    """Scaled orthography: the rotation nearest to the two rows that a pseudo-inverse gives."""
    rows = np.swapaxes(np.linalg.pinv(model - model.mean(0)) @ (seen - seen.mean(1, keepdims=True)), 1, 2)
    lengths = np.linalg.norm(rows, axis=2)
    left, _, right = np.linalg.svd(rows / lengths[..., None], full_matrices=False)
    first_two = left @ right
    rotations = np.concatenate([first_two, np.cross(first_two[:, 0], first_two[:, 1])[:, None]], 1)
    centres = np.concatenate([seen.mean(1), np.ones((len(seen), 1))], 1) / lengths.mean(1)[:, None]
    return rotations, centres - rotations @ model.mean(0)


def projected(rotations, translations, model):
    points = np.einsum("fij,nj->fni", rotations, model) + translations[:, None]
    return points, points[..., :2] / points[..., 2:]


def fitted_poses(seen, model, rotations, translations, keep_rotation, steps=60):
    """Gauss-Newton from where the poses stand, until it no longer moves them."""
    arms = model - model.mean(0)
    for _ in range(steps):
        points, images = projected(rotations, translations, model)
        depth = points[..., 2]
        by_point = np.zeros((*images.shape, 3))
        by_point[..., 0, 0] = by_point[..., 1, 1] = 1 / depth
        by_point[..., 2] = -images / depth[..., None]
        turned = np.einsum("fij,nj->fni", rotations, arms)
        crosses = np.zeros((*turned.shape, 3))
        for row, column, axis, sign in [(0, 1, 2, 1), (0, 2, 1, -1), (1, 0, 2, -1), (1, 2, 0, 1), (2, 0, 1, 1), (2, 1, 0, -1)]:
            crosses[..., row, column] = sign * turned[..., axis]
        jacobian = by_point if keep_rotation else np.concatenate([by_point @ crosses, by_point], -1)
        jacobian = jacobian.reshape(len(seen), -1, jacobian.shape[-1])
        errors = (images - seen).reshape(len(seen), -1)
        scales = np.sqrt((jacobian ** 2).sum(1))
        scaled = jacobian / scales[:, None]
        normal = np.einsum("fij,fik->fjk", scaled, scaled)
        step = -np.linalg.solve(normal, np.einsum("fij,fi->fj", scaled, errors)[..., None])[..., 0]
        moves = step / scales
        centres = translations + rotations @ model.mean(0) + moves[:, -3:]
        if not keep_rotation:
            rotations = Rotation.from_rotvec(moves[:, :3]).as_matrix() @ rotations
        translations = centres - rotations @ model.mean(0)
        if np.abs(step).max() < 1e-14:
            break
    return rotations, translations


def moved_points(seen, model, rotations, translations, symmetric):
    """The points after one step, and the root mean square error of a coordinate before it."""
    points, images = projected(rotations, translations, model)
    depth = (rotations @ model.mean(0) + translations)[:, 2]
    scale = depth[:, None] / points[..., 2]
    jacobian = scale[..., None, None] * (rotations[:, None, :2] - images[..., None] * rotations[:, None, 2:])
    errors = (images - seen) * depth[:, None, None]
    moments = np.einsum("fnij,fnik->njk", jacobian, jacobian)
    right = np.einsum("njk,nk->nj", moments, model) - np.einsum("fnij,fni->nj", jacobian, errors)
    if symmetric:
        flip = np.diag([-1.0, 1, 1])
        moments = moments + flip @ moments[MIRROR] @ flip
        right = right + right[MIRROR] @ flip
    return np.linalg.solve(moments, right[..., None])[..., 0], np.sqrt((errors ** 2).mean())


def placed(points, start):
    """With the eyes' distance and the mean of the five points of the known face."""
    points = points * eye_distance(start) / eye_distance(points)
    return points + five(start).mean(0) - five(points).mean(0)


def turned_onto(points, start):
    """Turned so that it lies best on the known face (Kabsch)."""
    left, _, right = np.linalg.svd((start - start.mean(0)).T @ (points - points.mean(0)))
    return points @ (left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right).T


def learnt_face(seen, start, rotations=None, symmetric=False, passes=400):
    """The face of normalised landmarks (faces, points, 2), from known rotations or from landmarks alone.

    Returns the points, and the residual as a fraction of the eyes' distance.
    """
    model = start
    poses = starting_poses(seen, model)
    if rotations is not None:
        poses = (rotations, poses[1])
    for _ in range(passes):
        poses = fitted_poses(seen, model, *poses, keep_rotation=rotations is not None)
        points, residual = moved_points(seen, model, *poses, symmetric)
        points = placed(points if rotations is not None else turned_onto(points, start), start)
        change, model = np.sqrt(((points - model) ** 2).sum(1).mean()), points
        if change < 1e-13:
            break
    return model, residual / eye_distance(start)


def turned_to(model, start, seen, rotations, identity, limit=1.5):
    """The face whose fitted poses agree best with known ones, weighted by the poses' deviations, and with Huber's loss."""
    fitted, translations = fitted_poses(seen, model, *starting_poses(seen, model), keep_rotation=False)
    asked = Rotation.from_matrix(rotations).inv() * Rotation.from_matrix(fitted)
    factors = design_factors(model, identity)
    deviations = np.radians([sigmas([*Rotation.from_matrix(rotation).as_rotvec(), *translation], model, points, np.eye(3), factors,
                                    identity=identity, rounding=0)[0]
                             for rotation, translation, points in zip(fitted, translations, seen)])
    turn = Rotation.identity()

    def errors(vector):
        left = (asked * (Rotation.from_rotvec(vector) * turn).inv()).as_rotvec()
        return np.einsum("fij,fj->fi", rotations, left) / deviations
    for _ in range(200):
        base = errors(np.zeros(3))
        shares = np.minimum(1, limit / np.linalg.norm(base, axis=1))
        rows = rotations / deviations[..., None]
        step = np.linalg.solve(np.einsum("f,fij,fik->jk", shares, rows, rows), np.einsum("f,fij,fi->j", shares, rows, base))
        turn = Rotation.from_rotvec(step) * turn
        if np.linalg.norm(step) < 1e-12:
            break
    return placed(model @ turn.as_matrix().T, start)


def angles(one, other):
    """Between rotations, in degrees."""
    return np.degrees((Rotation.from_matrix(one).inv() * Rotation.from_matrix(other)).magnitude())
