"""The global least-squares optimum of many poses at once, by Levenberg-Marquardt from many starts.

It is as plain as it can be, shares no code and no idea but the cost function with the solver it judges,
and is slow: seconds for 1,000 faces of 5 points, minutes for 68.
"""
import numpy as np

RANDOM_STARTS = 64
# Enough steps for every start to fall into its basin; the best few of each face are then followed on.
FALLING_STEPS = 15
KEPT = 6
MOST_STEPS = 400


def rotation_matrices(vectors):
    """Rodrigues' formula for an array (..., 3) of rotation vectors."""
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    near = angle < 1e-8
    safe = np.where(near, 1, angle)
    a = np.where(near, 1 - angle**2 / 6, np.sin(safe) / safe)
    b = np.where(near, 0.5, (1 - np.cos(safe)) / safe**2)
    cross = np.zeros(vectors.shape[:-1] + (3, 3))
    x, y, z = np.moveaxis(vectors, -1, 0)
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -z, y, -x
    cross[..., 1, 0], cross[..., 2, 0], cross[..., 2, 1] = z, -y, x
    return np.eye(3) + a * cross + b * (cross @ cross)


def random_rotations(generator, count):
    """Uniform over all rotations: normalised quaternions."""
    w, x, y, z = (q := generator.normal(size=(4, count))) / np.linalg.norm(q, axis=0)
    return np.stack([
        1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
        2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
        2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
    ], axis=-1).reshape(count, 3, 3)


def mirrored(rotations):
    """The rotation that shows the same face turned inside out from afar: depth changes its sign."""
    flip = np.diag([1.0, 1.0, -1.0])
    # Not the model but its plane is what a distant camera sees: the model's z axis is about its normal.
    return flip @ rotations @ flip


def residuals(model, seen, rotation, translation):
    """Differences in normalised coordinates (M, n, 2) and the points in camera axes (M, n, 3)."""
    camera = model @ np.swapaxes(rotation, -1, -2) + translation[:, None]
    return camera[..., :2] / camera[..., 2:] - seen, camera


def costs(difference, camera):
    """Half-spaces count: a pose with a point behind the camera costs infinitely much."""
    cost = np.einsum("mni,mni->m", difference, difference)
    return np.where((camera[..., 2] > 0).all(axis=1), cost, np.inf)


def descend(model, seen, rotation, translation, steps):
    """At most so many Levenberg-Marquardt steps from each start; the model is relative to its centroid."""
    rotation, translation = rotation.copy(), translation.copy()
    count = len(rotation)
    damping = np.full(count, 1e-3)
    with np.errstate(all="ignore"):
        cost = costs(*residuals(model, seen, rotation, translation))
        active = np.flatnonzero(np.isfinite(cost))
        for _ in range(steps):
            if not active.size:
                break
            difference, camera = residuals(
                model, seen[active], rotation[active], translation[active])
            z = camera[..., 2]
            u, v = camera[..., 0] / z, camera[..., 1] / z
            # Rows of d(u, v) / d(camera point), then columns: turn about the centroid, shift.
            arm = camera - translation[active][:, None]
            zero = np.zeros_like(z)
            rows = np.stack([
                np.stack([1 / z, zero, -u / z], -1), np.stack([zero, 1 / z, -v / z], -1)], 2)
            turn = np.cross(arm[:, :, None], rows)
            jacobian = np.concatenate([turn, rows], -1).reshape(len(active), -1, 6)
            transposed = np.swapaxes(jacobian, 1, 2)
            normal = transposed @ jacobian
            gradient = transposed @ difference.reshape(len(active), -1, 1)
            diagonal = np.einsum("mii->mi", normal)
            damped = normal + (damping[active, None] * diagonal + 1e-300)[..., None] * np.eye(6)
            singular = ~(np.abs(np.linalg.det(damped / diagonal.max(1)[:, None, None])) > 0)
            damped[singular] = np.eye(6)
            step = -np.linalg.solve(damped, gradient)[..., 0]
            new_rotation = rotation_matrices(step[:, :3]) @ rotation[active]
            new_translation = translation[active] + step[:, 3:]
            new_cost = costs(*residuals(model, seen[active], new_rotation, new_translation))
            better = new_cost < cost[active]
            chosen = active[better]
            # Done where the step promises nothing any more, or damping alone is left.
            promised = -np.einsum("mi,mi->m", step, gradient[..., 0])
            done = (promised <= 1e-15 * cost[active]) | (damping[active] > 1e12) | singular
            rotation[chosen], translation[chosen] = new_rotation[better], new_translation[better]
            cost[chosen] = new_cost[better]
            damping[active] = np.where(better, damping[active] * 0.1, damping[active] * 10)
            np.maximum(damping, 1e-14, out=damping)
            active = active[~done]
    return rotation, translation, cost


def global_optimum(model, points, image_size, truth_rotation, seed=0, faces_at_once=100):
    """Rotations, translations (in the model's unit) and rms in pixels of the best pose found for each
    face, in the camera f = w + h, c = (w // 2, h // 2)."""
    generator = np.random.default_rng(seed)
    centroid = model.mean(0)
    centred = model - centroid
    focal = image_size.sum(1).astype(float)
    seen = (points - (image_size // 2)[:, None]) / focal[:, None, None]
    results = []
    for first in range(0, len(points), faces_at_once):
        part = slice(first, first + faces_at_once)
        truth = truth_rotation[part]
        faces = len(truth)
        common = np.concatenate([
            np.eye(3)[None], np.diag([-1.0, -1.0, 1.0])[None],
            random_rotations(generator, RANDOM_STARTS)])
        starts = np.concatenate([
            np.broadcast_to(common, (faces, *common.shape)), truth[:, None],
            mirrored(truth)[:, None]], axis=1)
        per_face = starts.shape[1]
        starts = starts.reshape(-1, 3, 3)
        target = np.repeat(seen[part], per_face, axis=0)
        rotation, translation, cost = descend(
            centred, target, starts, orthographic_translation(centred, target, starts), FALLING_STEPS)
        # The best of each face, and once more turned inside out, to the end.
        order = np.argsort(cost.reshape(faces, per_face), axis=1)[:, :KEPT]
        chosen = (order + np.arange(faces)[:, None] * per_face).reshape(-1)
        target = np.repeat(seen[part], 2 * KEPT, axis=0)
        kept = rotation[chosen].reshape(faces, KEPT, 3, 3)
        both = np.concatenate([kept, mirrored(kept)], axis=1).reshape(-1, 3, 3)
        shifts = orthographic_translation(centred, target, both).reshape(faces, 2 * KEPT, 3)
        shifts[:, :KEPT] = translation[chosen].reshape(faces, KEPT, 3)
        rotation, translation, cost = descend(
            centred, target, both, shifts.reshape(-1, 3), MOST_STEPS)
        best = np.argmin(cost.reshape(faces, -1), axis=1) + np.arange(faces) * 2 * KEPT
        results.append((rotation[best], translation[best], cost[best]))
    rotation, translation, cost = (np.concatenate(parts) for parts in zip(*results))
    rms = focal * np.sqrt(cost / points.shape[1])
    return rotation, translation - rotation @ centroid, rms


def orthographic_translation(centred, seen, rotation):
    """Where the model's centroid must be for the face to have about the right size and place."""
    spread = np.linalg.norm(seen - seen.mean(1, keepdims=True), axis=(1, 2))
    turned = centred @ np.swapaxes(rotation, -1, -2)
    depth = np.linalg.norm(turned[..., :2], axis=(1, 2)) / np.maximum(spread, 1e-12)
    depth = np.maximum(depth, 2 * np.linalg.norm(centred, axis=1).max())
    return np.concatenate([seen.mean(1), np.ones((len(seen), 1))], axis=1) * depth[:, None]
