"""A fit's sigmas from the Jacobian of the projection, in numpy, lengths in metres.

A pose's error is a small turn about the camera's axes followed by a shift. It is found about the
model's centroid, where turns and shifts depend least on each other, then referred to the origin.
"""

import numpy as np
from scipy.spatial.transform import Rotation

PLACEMENT, IDENTITY = 0.01, 0.043  # of the distance between the eyes
ROUNDING = 0.29  # pixels
CORRELATION_LENGTH = 0.02  # metres
TURNS = [[0, 0, 0], [0, 0.8, 0], [0, -0.8, 0], [0.5, 0, 0], [-0.5, 0, 0]]


def eye_distance(model):
    eyes = model[:2] if len(model) == 5 else [model[36:42].mean(axis=0), model[42:48].mean(axis=0)]
    return float(np.linalg.norm(eyes[1] - eyes[0]))


def jacobian(arms, centroid):
    """Of normalised image coordinates by a turn about the centroid and its shift: (points, 2, 6)."""
    x, y, z = (arms + centroid).T
    zero = np.zeros_like(z)
    of_points = np.stack([np.stack([1 / z, zero, -x / z ** 2], axis=1),
                          np.stack([zero, 1 / z, -y / z ** 2], axis=1)], axis=1)
    return np.concatenate([-of_points @ cross_matrices(arms), of_points], axis=2)


def cross_matrices(vectors):
    """[v]× of each vector."""
    return np.cross(np.eye(3)[None], vectors[:, None])


def design_factors(model, identity=IDENTITY):
    """By how much the identity's correlation between near points raises each parameter's sigma: the
    mean over some poses of a distant face, rows weighted by depth."""
    arms = model - model.mean(axis=0)
    depth = 20 * np.linalg.norm(arms, axis=1).max()
    distances = np.linalg.norm(arms[:, None] - arms[None], axis=2)
    correlation = np.exp(-0.5 * (distances / CORRELATION_LENGTH) ** 2)
    effects = []
    for turn in TURNS:
        turned = Rotation.from_rotvec(turn).apply(arms)
        rows = jacobian(turned, [0, 0, depth]) * (turned[:, 2] + depth)[:, None, None]
        inverse = np.linalg.inv(np.einsum("pai,paj->ij", rows, rows))
        middle = np.einsum("pai,pq,qaj->ij", rows, correlation, rows)
        effects.append(np.diag(inverse @ middle @ inverse) / np.diag(inverse))
    effect = np.mean(effects, axis=0)
    return np.sqrt((PLACEMENT ** 2 + effect * identity ** 2) / (PLACEMENT ** 2 + identity ** 2))


def sigmas(pose, model, pixels, camera, factors, freedom=6, identity=IDENTITY, rounding=ROUNDING):
    """(degrees about, metres along the camera's axes) of a fit with all landmarks; `pose` is a
    rotation vector and a translation. With a freedom of 3 the rotation was given."""
    rotation, focal = Rotation.from_rotvec(pose[:3]), camera[[0, 1], [0, 1]]
    arm = rotation.apply(model.mean(axis=0))
    arms, centroid = rotation.apply(model) - arm, arm + pose[3:]
    weights = (focal / focal[0]) ** 2  # a vertical pixel may be another angle

    seen = arms + centroid
    residuals = seen[:, :2] / seen[:, 2:] - (pixels - camera[:2, 2]) / focal
    stated = (PLACEMENT ** 2 + identity ** 2) * (eye_distance(model) / centroid[2]) ** 2 + (rounding / focal[0]) ** 2
    observed = np.sum(weights * residuals ** 2) / (2 * len(model) - freedom)
    variance = observed if observed > 4 * stated else stated

    rows = jacobian(arms, centroid)
    information = np.einsum("pai,a,paj->ij", rows, weights, rows)
    covariance = np.zeros((6, 6))
    free = slice(6 - freedom, 6)
    covariance[free, free] = np.linalg.inv(information[free, free]) * variance
    covariance *= np.outer(factors, factors)
    move = np.eye(6)
    move[3:, :3] = cross_matrices(arm[None])[0]
    deviations = np.sqrt(np.diag(move @ covariance @ move.T))
    return np.degrees(deviations[:3]), deviations[3:]
