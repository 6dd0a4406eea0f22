"""`sixdof conventions` against FORMATS §11 twice: its reference formulas where they are at hand, and
SciPy's rotations put together from what the systems' own code calls."""

import subprocess
import warnings
from functools import cache

import numpy as np
from scipy.spatial.transform import Rotation

from .report import expect

CASES = 10_000
TOLERANCE = 1e-9
FROM_SINGULARITY = 1.0  # degrees; nearer, the outer angles lose digits as 1 / cos
F = np.diag([1.0, -1.0, -1.0])
D = np.diag([-1.0, 1.0, 1.0])
WIDTH, HEIGHT, FOCAL = 641, 479, 700.0
BFM_UNIT = 1e-6  # metres
ARKIT_ORIGIN = np.array([0, -0.010, 0.021])  # in BIWI's frame
EULER = ["aflw", "hopenet", "6drepnet", "dhpe", "3ddfa", "perspnet-yxz", "trg-yxz", "trg-zyx",
         "aflw-sqlite"]


class Poses:
    """Random canonical rotations `r` (n, 3, 3) and translations `t` (n, 3) in metres, off every
    convention's singularity."""

    def __init__(self, seed):
        random = np.random.default_rng(seed)
        drawn = Rotation.random(2 * CASES, rng=random).as_matrix()
        # sin of the middle angles: yaw of aflw, pitch of yxz, yaw of 3ddfa and pitch of zyx.
        sines = np.abs(np.stack([drawn[:, 0, 2], drawn[:, 2, 1], drawn[:, 2, 0]]))
        usable = np.all(sines < np.cos(np.radians(FROM_SINGULARITY)), axis=0)
        self.r = drawn[usable][:CASES]
        expect(len(self.r) == CASES, f"{CASES} rotations", len(self.r))
        self.t = random.uniform([-1, -1, 0.5], [1, 1, 3], (CASES, 3))
        self.calibration = (Rotation.from_rotvec([0.02, -0.03, 0.01]).as_matrix(),
                            np.array([-24.0198, 5.8896, -13.2308]))

    @property
    def records(self):
        return np.hstack([Rotation.from_matrix(self.r).as_rotvec(), self.t])


def checks(artefacts):
    @cache
    def poses():
        return Poses(11)

    @cache
    def numbers(notation):
        return sixdof(artefacts, "record", notation, poses().records)

    for name, other in (("SciPy", scipy_notations), ("the reference", reference_notations)):
        yield f"conventions as {name}'s", lambda other=other: agreement(
            artefacts, poses(), numbers, other(artefacts, poses()))
    for name, other in (("SciPy", scipy_changes), ("the reference", reference_changes)):
        yield f"changes of poses as {name}'s", lambda other=other: changes(
            artefacts, poses(), other(artefacts, poses()))
    yield "conventions by the systems' own formulas", lambda: formulas(artefacts, poses())
    yield "conventions at singularities", lambda: singular(artefacts)


def sixdof(artefacts, source, target, rows, *options):
    """What the program makes of rows of numbers, (n, numbers of `target`)."""
    text = "\n".join(" ".join(map(repr, row)) for row in np.asarray(rows).tolist()) + "\n"
    command = [artefacts.tool.program, "conventions", "--from", source, "--to", target,
               *map(str, options), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=600)
    expect(done.returncode == 0, f"exit code 0 of '{source}' to '{target}'", done.stderr[-300:])
    return np.array([line.split() for line in done.stdout.splitlines()], float)


def calibration_file(artefacts, poses):
    """An rgb.cal with the poses' calibration."""
    rotation, translation = poses.calibration
    rows = ["517.679 0 320", "0 517.679 240.5", "0 0 1", "", "0 0 0 0", ""]
    rows += [" ".join(map(repr, row)) for row in rotation.tolist()]
    rows += ["", " ".join(map(repr, translation.tolist())), "", "640 480"]
    path = artefacts.work / "rgb.cal"
    path.write_text("\n".join(rows) + "\n")
    return path


def scipy_notations(_, poses):
    """Each notation's numbers by the call that the system's code makes, on the matrix it has."""
    r, t = poses.r, poses.t
    y_up = F @ r @ F
    transposed = r.transpose(0, 2, 1)
    row_gl = F @ transposed @ F
    rotvec = Rotation.from_matrix(r).as_rotvec()

    def euler(axes, matrices):
        return Rotation.from_matrix(matrices).as_euler(axes, degrees=True)

    # img2pose: 'xyz' of the transpose, (a, -b, -c); 6DRepNet and DHPE: x, y, z of F Rᵀ F.
    aflw = euler("xyz", transposed) * [1, -1, -1]
    six = euler("xyz", row_gl)
    # matrix2angle: R3 = Rz(roll) · Ry(-yaw) · Rx(pitch) read off, whose x is asin(R3[2, 0]).
    m2a = euler("xyz", y_up)[:, [1, 0, 2]] * [-1, 1, 1]
    return {
        "aflw": aflw, "hopenet": aflw[:, [1, 0, 2]], "6drepnet": six, "dhpe": six, "3ddfa": m2a,
        "perspnet-yxz": euler("yxz", y_up), "trg-yxz": euler("yxz", r),
        "trg-zyx": euler("ZYX", r),
        # FORMATS-FOREIGN B4: Ry(yaw) Rx(-pitch) Rz(-roll), written roll, pitch, yaw.
        "aflw-sqlite": euler("YXZ", r)[:, ::-1] * [-1, -1, 1],
        "rotation-vector": rotvec, "matrix": flat(r), "img2pose": np.hstack([rotvec, 10 * t]),
        "bfm": flat(y_up), "6drepnet-matrix": flat(row_gl),
        "6drepnet-6d": np.hstack([row_gl[:, :, 0], row_gl[:, :, 1]]), "trg-6d": flat(r[:, :, :2]),
        "trg": row_transforms(transposed, t), "arkit": row_transforms(row_gl, t @ F),
        "wcpa": np.hstack([flat(row_gl), t @ F]), "perspnet-pnp": np.hstack([flat(r @ F), t]),
        "biwi": np.hstack([flat(r), 1000 * t]),
    }


def reference_notations(artefacts, poses):
    reference = artefacts.reference

    def each(formula, *arguments):
        return np.array([np.ravel(formula(*case)) for case in zip(*arguments, strict=True)])

    aflw = np.degrees(each(reference.pose_para_from_R, poses.r))
    yxz = np.degrees(each(reference.yxz_from_R, poses.r))
    return {
        "aflw": aflw, "hopenet": aflw[:, [1, 0, 2]],
        "3ddfa": np.degrees(each(reference.m2a_from_R, poses.r)), "trg-yxz": yxz,
        # FORMATS §11.3: PerspNet's are (-yaw', pitch', -roll') of TRG's.
        "perspnet-yxz": yxz * [-1, 1, -1],
        "arkit": each(reference.arkit_from_can, poses.r, poses.t),
        "6drepnet-matrix": each(reference.sixdrepnet_from_can, poses.r),
    }


def agreement(artefacts, poses, numbers, expected):
    """Both ways: the program's numbers of the poses, and its poses of the numbers expected."""
    worst = 0.0
    for notation, rows in expected.items():
        error = largest(numbers(notation) - rows, isturn=notation in EULER)
        expect(error <= TOLERANCE, f"{notation} within {TOLERANCE:g}", f"{error:.1e}")
        has_translation = rows.shape[1] >= 12 or notation == "img2pose"
        back = sixdof(artefacts, notation, "trg" if has_translation else "matrix", rows)
        truth = (row_transforms(poses.r.transpose(0, 2, 1), poses.t) if has_translation
                 else flat(poses.r))
        returned = largest(back - truth)
        expect(returned <= TOLERANCE, f"poses of {notation} within {TOLERANCE:g}",
               f"{returned:.1e}")
        worst = max(worst, error, returned)
    return f"{len(expected)} notations of {len(poses.r)} poses both ways, within {worst:.1e}"


def scipy_changes(artefacts, poses):
    """(source, its rows, options, expected pose) of each change and of each camera."""
    r, t = poses.r, poses.t
    rotation, translation = poses.calibration
    records = poses.records
    head = np.hstack([flat(r), 1000 * t])
    cal = ["--rgb-cal", calibration_file(artefacts, poses)]
    yield "biwi", head, cal, (rotation @ r, t @ rotation.T + translation / 1000)
    yield "record", records, ["--mirror"], (D @ r @ D, t @ D)
    yield "record", records, ["--origin", "biwi-to-arkit"], (r, t + r @ ARKIT_ORIGIN)
    yield "record", records, ["--origin", "arkit-to-biwi"], (r, t - r @ ARKIT_ORIGIN)
    sight = sight_rotations(t)
    yield "record", records, ["--sight", "egocentric"], (sight @ r, t)
    yield "record", records, ["--sight", "allocentric"], (sight.transpose(0, 2, 1) @ r, t)
    # The lift, with the camera that 'label' assumes and with another.
    angles = np.radians(scipy_notations(None, poses)["aflw"])
    random = np.random.default_rng(12)
    t3d = random.uniform([0, 0, -200], [WIDTH, HEIGHT, 0], (len(r), 3))
    scale = random.uniform(3e-4, 2e-3, (len(r), 1))
    image = ["--image", f"{WIDTH}x{HEIGHT}"]
    for focal, options in ((WIDTH + HEIGHT, []), (FOCAL, ["--focal", FOCAL])):
        lifted = lift(t3d, scale[:, 0], focal)
        rows = np.hstack([angles, t3d, scale])
        yield "pose-para", rows, image + options, (r, lifted)
        yield ("pose-para", rows, [*image, *options, "--sight", "egocentric"],
               (sight_rotations(lifted) @ r, lifted))


def reference_changes(artefacts, poses):
    reference = artefacts.reference
    rotation, translation = poses.calibration
    pairs = [reference.can_from_biwi(r, 1000 * t, rotation, translation)
             for r, t in zip(poses.r, poses.t, strict=True)]
    cal = ["--rgb-cal", calibration_file(artefacts, poses)]
    yield ("biwi", np.hstack([flat(poses.r), 1000 * poses.t]), cal,
           tuple(np.array(part) for part in zip(*pairs, strict=True)))
    angles = np.degrees([reference.pose_para_from_R(r) for r in poses.r])
    yield ("aflw", angles, [], (np.array([reference.R_from_pose_para(*row)
                                          for row in np.radians(angles)]), None))
    m2a = np.random.default_rng(13).uniform([-1.5, -3, -3], [1.5, 3, 3], (CASES, 3))
    for name, formula in (("3ddfa", reference.R_from_m2a),):
        yield name, np.degrees(m2a), [], (np.array([formula(*row) for row in m2a]), None)
    yaw_first = m2a[:, [1, 0, 2]]
    yield "trg-yxz", np.degrees(yaw_first), [], (
        np.array([reference.R_from_yxz(*row) for row in yaw_first]), None)
    matrices = np.array([reference.arkit_from_can(r, t)
                         for r, t in zip(poses.r, poses.t, strict=True)])
    back = [reference.can_from_arkit(matrix) for matrix in matrices]
    yield "arkit", flat(matrices), [], tuple(
        np.array(part) for part in zip(*back, strict=True))
    yield "6drepnet-matrix", flat(poses.r), [], (
        np.array([reference.can_from_6drepnet(r) for r in poses.r]), None)


def changes(artefacts, poses, cases):
    worst, count = 0.0, 0
    for source, rows, options, (rotations, translations) in cases:
        target = "matrix" if translations is None else "trg"
        expected = (flat(rotations) if translations is None
                    else row_transforms(rotations.transpose(0, 2, 1), translations))
        found = sixdof(artefacts, source, target, rows, *options)
        error = largest(found - expected)
        name = " ".join([source, *map(str, options)])
        expect(error <= TOLERANCE, f"{name} within {TOLERANCE:g}", f"{error:.1e}")
        if source == "pose-para":
            # And back to the same seven numbers, but for t3dz, which no pose tells.
            undo = ["allocentric" if word == "egocentric" else word for word in options]
            again = sixdof(artefacts, target, source, found, *undo)
            keep = [0, 1, 2, 3, 4, 6]
            returned = largest(again[:, keep] - rows[:, keep])
            expect(returned <= TOLERANCE, f"back from {name}", f"{returned:.1e}")
        worst, count = max(worst, error), count + 1
    return f"{count} changes of {len(poses.r)} poses, within {worst:.1e}"


def formulas(artefacts, poses):
    """What FORMATS §11 spells out beside the conventions themselves, each by its own formula."""
    random = np.random.default_rng(15)
    angles = random.uniform([-179, -89, -179], [179, 89, 179], (CASES, 3))
    worst, count = 0.0, 0
    for name, found, expected in formula_cases(artefacts, poses, angles):
        error = largest(found - expected, isturn=name.endswith("angles"))
        expect(error <= TOLERANCE, f"{name} within {TOLERANCE:g}", f"{error:.1e}")
        worst, count = max(worst, error), count + 1
    return f"{count} formulas on {CASES} cases, within {worst:.1e}"


def formula_cases(artefacts, poses, angles):
    """(name, the program's numbers, those of the formula)."""
    def convert(*arguments):
        return sixdof(artefacts, *arguments)

    def product(axes, *turns):
        return Rotation.from_euler(axes, np.stack(turns, axis=1)).as_matrix()

    p, y, r = np.radians(angles).T
    (cp, cy, cr), (sp, sy, sr) = (function([p, y, r]) for function in (np.cos, np.sin))
    entries = np.stack([
        cy * cr, -cy * sr, sy,
        cp * sr - sp * sy * cr, cp * cr + sp * sy * sr, sp * cy,
        -sp * sr - cp * sy * cr, -sp * cr + cp * sy * sr, cp * cy], axis=1)
    yield "11.1 matrix", convert("aflw", "matrix", angles), entries
    m = entries.reshape(-1, 3, 3)
    inverse = np.stack([np.arctan2(m[:, 1, 2], m[:, 2, 2]),
                        np.arctan2(m[:, 0, 2], np.hypot(m[:, 0, 0], m[:, 0, 1])),
                        np.arctan2(-m[:, 0, 1], m[:, 0, 0])], axis=1)
    yield "11.1 angles", convert("matrix", "aflw", entries), np.degrees(inverse)
    yield "11.2 R3", convert("aflw", "bfm", angles), flat(product("XYZ", -p, -y, -r))
    yield "11.2 R6", convert("aflw", "6drepnet-matrix", angles), flat(product("ZYX", r, y, p))

    # The detours by angles that TRG and PerspNet take to F R F.
    rotations = Rotation.from_matrix(poses.r)
    y_up = convert("record", "bfm", poses.records)
    robot = rotations.as_euler("ZYX")
    yield "11.2 TRG's F R F", y_up, flat(product("ZYX", *(robot * [-1, -1, 1]).T))
    yxz = rotations.as_euler("yxz")
    yield "11.2 PerspNet's F R F", y_up, flat(product("yxz", *(yxz * [-1, 1, -1]).T))
    pnp = poses.r @ F
    prediction = np.zeros((CASES, 4, 4))
    prediction[:, :3, :3] = pnp.transpose(0, 2, 1)
    prediction[:, 3, :3], prediction[:, 3, 3] = poses.t, 1
    yield ("11.2 R_t_pred", convert("perspnet-pnp", "arkit", np.hstack([flat(pnp), poses.t])),
           flat(prediction @ np.diag([1, -1, -1, 1])))
    rotation, translation = poses.calibration
    canonical = row_transforms(poses.r.transpose(0, 2, 1), poses.t)
    head = np.hstack([flat(rotation.T @ poses.r), (1000 * poses.t - translation) @ rotation])
    # Metres, as all others.
    scale = np.array([1.0] * 9 + [1000.0] * 3)
    yield ("11.2 BIWI's depth camera",
           convert("trg", "biwi", canonical, "--rgb-cal",
                   calibration_file(artefacts, poses)) / scale, head / scale)

    made = Rotation.from_matrix(product("ZYX", -r, -y, p)).inv().as_matrix()
    vectors = Rotation.from_rotvec(convert("aflw", "rotation-vector", angles)).as_matrix()
    yield "11.3 convert_aflw", vectors, made
    # Hopenet reads BIWI's matrix after it transposed it.
    h = poses.r.transpose(0, 2, 1)
    hopenet = np.stack([-np.arctan2(-h[:, 2, 0], np.hypot(h[:, 2, 1], h[:, 2, 2])),
                        np.arctan2(h[:, 2, 1], h[:, 2, 2]),
                        -np.arctan2(h[:, 1, 0], h[:, 0, 0])], axis=1)
    yield ("11.3 Hopenet's BIWI angles", convert("matrix", "hopenet", flat(poses.r)),
           np.degrees(hopenet))
    # draw_axis of (yaw, pitch, roll) turns yaw's sign and draws three ends.
    cw, sw = np.cos(-y), np.sin(-y)
    drawn = np.stack([cw * cr, cp * sr + cr * sp * sw, -cw * sr, cp * cr - sp * sw * sr,
                      sw, -cw * sp], axis=1)
    matrices = convert("hopenet", "matrix", angles[:, [1, 0, 2]])
    yield "11.3 draw_axis", matrices[:, [0, 3, 1, 4, 2, 5]] * [1, 1, 1, 1, -1, -1], drawn
    signs = {"aflw": [1, 1, 1], "3ddfa": [1, -1, -1], "trg-yxz": [1, -1, 1],
             "perspnet-yxz": [-1, -1, -1]}
    for system, (yaw, pitch, roll) in signs.items():
        expected = np.diag([20.0 * pitch, 20.0 * yaw, 20.0 * roll])
        found = convert("aflw", system, 20 * np.eye(3))
        yield f"11.3 single axes of {system}", found, (
            expected if system == "aflw" else expected[:, [1, 0, 2]])
    yield ("11.8 angles", convert("aflw", "aflw", angles, "--mirror"), angles * [1, -1, -1])


def lift(t3d, scale, focal):
    """FORMATS §11.4."""
    depth = focal * BFM_UNIT / scale
    return np.stack([(t3d[:, 0] - 1 - WIDTH // 2) * depth / focal,
                     (HEIGHT - t3d[:, 1] - HEIGHT // 2) * depth / focal, depth], axis=1)


def sight_rotations(directions):
    """The least rotations that take z to the directions, as rotation vectors."""
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    axes = np.cross([0, 0, 1], unit)
    sines = np.linalg.norm(axes, axis=1, keepdims=True)
    return Rotation.from_rotvec(axes / sines * np.arctan2(sines, unit[:, 2:])).as_matrix()


def singular(artefacts):
    """At exactly ±90° of the middle angle rotations survive, the turn about z is 0, and all angles are
    those of the branch that the systems' codes have there."""
    random = np.random.default_rng(14)
    worst = 0.0
    for notation in EULER:
        middle = 1 if notation in ("aflw", "6drepnet", "dhpe") else 0
        if notation in ("perspnet-yxz", "trg-yxz", "trg-zyx", "aflw-sqlite"):
            middle = 1
        about_z = 0 if notation in ("trg-zyx", "aflw-sqlite") else 2
        angles = random.uniform(-180, 180, (1000, 3))
        angles[:, middle] = random.choice([-90.0, 90.0], 1000)
        matrices = sixdof(artefacts, notation, "matrix", angles)
        again = sixdof(artefacts, "matrix", notation, matrices)
        expect(np.all(again[:, about_z] == 0), f"no turn about z of {notation}",
               np.abs(again[:, about_z]).max())
        worst = max(worst, largest(sixdof(artefacts, notation, "matrix", again) - matrices))
        theirs = singular_angles(notation, matrices.reshape(-1, 3, 3))
        # Codes that take an arc sine of the middle angle lose half of its digits here.
        error = largest(again - theirs, isturn=True)
        expect(error < 1e-5, f"the angles of {notation}'s code", f"{error:.1e}")
    expect(worst <= TOLERANCE, f"rotations within {TOLERANCE:g}", f"{worst:.1e}")
    return f"{len(EULER)} conventions, rotations within {worst:.1e}"


def singular_angles(notation, matrices):
    """The angles in degrees by SciPy, or by the branch that the system's code has at ±90°."""
    def branch(m):
        # Of x, y and z the last one is 0.
        return np.degrees(np.stack([np.arctan2(-m[:, 1, 2], m[:, 1, 1]),
                                    np.arctan2(-m[:, 2, 0], np.hypot(m[:, 0, 0], m[:, 1, 0])),
                                    np.zeros(len(m))], axis=1))

    y_up = F @ matrices @ F
    if notation in ("6drepnet", "dhpe"):
        return branch(y_up.transpose(0, 2, 1))
    if notation == "trg-zyx":
        return branch(matrices)[:, ::-1]
    if notation == "3ddfa":
        # 3DDFA_V2's: yaw by the sign of R3[2, 0], pitch by the first row.
        sign = np.sign(y_up[:, 2, 0])
        pitch = np.arctan2(-sign * y_up[:, 0, 1], -sign * y_up[:, 0, 2])
        return np.stack([90 * sign, np.degrees(pitch), np.zeros(len(sign))], axis=1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Gimbal lock")
        if notation == "perspnet-yxz":
            return Rotation.from_matrix(y_up).as_euler("yxz", degrees=True)
        if notation == "trg-yxz":
            return Rotation.from_matrix(matrices).as_euler("yxz", degrees=True)
        if notation == "aflw-sqlite":
            found = Rotation.from_matrix(matrices).as_euler("YXZ", degrees=True)
            return found[:, ::-1] * [-1, -1, 1]
        turned = Rotation.from_matrix(matrices.transpose(0, 2, 1))
        aflw = turned.as_euler("xyz", degrees=True) * [1, -1, -1]
        return aflw[:, [1, 0, 2]] if notation == "hopenet" else aflw


def flat(matrices):
    return matrices.reshape(len(matrices), -1)


def row_transforms(rotations, translations):
    result = np.zeros((len(rotations), 4, 4))
    result[:, :3, :3], result[:, 3, :3], result[:, 3, 3] = rotations, translations, 1
    return flat(result)


def largest(differences, isturn=False):
    """The largest difference; of angles in degrees with whole turns taken off."""
    if isturn:
        differences = (differences + 180) % 360 - 180
    return float(np.abs(differences).max())
