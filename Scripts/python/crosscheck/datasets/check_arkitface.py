"""ARKitFace: NumPy reads what we write, we read what NumPy writes, and both project alike."""

import math
import shutil
from functools import cache

import numpy as np

from .report import expect, expect_same
from .tool import read_json_lines

SIZES = ((800, 800), (640, 480), (1080, 1920))
# The rows of projection_matrix.txt (FORMATS, section 6).
PROJECTION = np.array([[1.57443701, 0, 0, 0], [0, 1.57443701, 0, 0],
                       [0, 0, -0.99999976, -1], [0, 0, -0.001, 0]])
FLIP = np.diag([1.0, -1.0, -1.0])


def checks(artefacts):
    made = cache(lambda: synthesised(artefacts))
    yield "ARKitFace: numpy.load of synth", lambda: loaded(*made())
    yield "ARKitFace: both layouts alike", lambda: layouts(artefacts, *made())
    for dtype in ("float64", "float32"):
        for save in (np.savez, np.savez_compressed):
            yield (f"ARKitFace: {save.__name__} of {dtype}",
                   lambda dtype=dtype, save=save: numpys(artefacts, dtype, save))


def synthesised(artefacts):
    folder = artefacts.work / "arkitface"
    artefacts.tool.run("synth", "arkitface", "--count", 20, "--output", folder)
    return folder, read_json_lines(folder / "truth.jsonl")


def loaded(folder, truth):
    """The arrays of both layouts, stored and compressed, hold the true pose in float32."""
    for record in truth:
        face = record["faces"][0]
        tail = "/".join(ids(face)) + "_info.npz"
        arrays = [np.load(folder / place / tail) for place in
                  ("perspnet/info", "trg/ARKitFace_info_train/info")]
        for name, shape in (("verts", (1220, 3)), ("R_t", (4, 4))):
            first, second = (one[name] for one in arrays)
            expect(first.dtype == np.float32 and first.shape == shape, f"{name} float32 {shape}",
                   f"{first.dtype} {first.shape}")
            expect(np.array_equal(first, second), f"{name} alike in both layouts", "others")
        matrix = arrays[0]["R_t"].astype(float)
        expect(np.allclose(FLIP @ matrix[:3, :3].T @ FLIP, rotation(face["pose"]), atol=2e-7),
               "the true rotation", matrix)
        expect(np.array_equal(FLIP @ matrix[3, :3], face["pose"]["translation"]),
               "the true translation", matrix)
    return f"{len(truth)} samples in two layouts"


def layouts(artefacts, folder, truth):
    """Records of both layouts are the truth."""
    for layout in ("perspnet", "trg"):
        output = artefacts.work / f"arkitface-{layout}.jsonl"
        artefacts.tool.run("convert", "arkitface", "--input", folder / layout, "--output", output,
                           "--native", "none")
        expect_same(layout, faces_by_id(truth), faces_by_id(read_json_lines(output)))
    return f"{len(truth)} faces equal to the truth in every field"


def numpys(artefacts, dtype, save):
    """Poses, boxes and projected vertices of files that NumPy wrote, at several image sizes."""
    name = f"arkitface-{save.__name__}-{dtype}"
    folder = artefacts.work / name
    truth = list(written(artefacts, folder, dtype, save))
    output = artefacts.work / f"{name}.jsonl"
    artefacts.tool.run("convert", "arkitface", "--input", folder, "--output", output)
    records = {record["faces"][0]["attributes"]["img_id"]: record
               for record in read_json_lines(output)}
    expect(len(records) == len(truth), f"{len(truth)} records", len(records))
    by_pose = by_points = 0.0
    for identifier, size, transform, vertices in truth:
        record = records[identifier]
        face = record["faces"][0]
        expected = pixels_of_chain(transform.astype(float), vertices.astype(float), *size)
        by_pose = max(by_pose, np.abs(pixels_of_record(record, vertices) - expected).max())
        low, high = expected.min(axis=0), expected.max(axis=0)
        points = expected[LANDMARK_VERTICES]
        by_points = max(by_points, np.abs(np.r_[low, high] - face["bbox_xyxy"]).max(),
                        np.abs(points - face["landmarks"]["points"]).max())
    # float32 makes R_t a rotation to 1e-7 only, which no rotation vector can say.
    limit = 1e-9 if dtype == "float64" else 2e-4
    expect(by_pose <= limit, f"vertices projected within {limit:g} px", f"{by_pose:.2g}")
    expect(by_points <= 1e-9, "boxes and landmarks within 1e-09 px", f"{by_points:.2g}")
    return (f"{len(truth)} samples, 1,220 vertices each: {by_pose:.1e} px by the pose, "
            f"{by_points:.1e} px by the arrays")


def written(artefacts, folder, dtype, save):
    """Writes samples with NumPy beside images of three sizes; yields what is in them."""
    random = np.random.default_rng(4)
    for width, height in SIZES:
        image = synthetic_image(artefacts, width, height)
        for number in range(20):
            transform = np.eye(4)
            transform[:3, :3] = random_rotation(random).T
            transform[3, :3] = [*random.uniform(-0.1, 0.1, 2), random.uniform(-0.9, -0.3)]
            transform = transform.astype(dtype)
            vertices = random.normal(size=(1220, 3))
            vertices = (0.1 * vertices / np.linalg.norm(vertices, axis=1)[:, None]).astype(dtype)
            identifier = f"{width}{number:04d}"
            place = folder / "info/007/02_Act"
            place.mkdir(parents=True, exist_ok=True)
            save(place / f"{identifier}_info.npz", verts=vertices, R_t=transform)
            place = folder / "image/007/02_Act"
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(image, place / f"{identifier}_ar.jpg")
            yield identifier, (width, height), transform, vertices


def synthetic_image(artefacts, width, height):
    folder = artefacts.work / f"arkitface-{width}x{height}"
    if not folder.exists():
        artefacts.tool.run("synth", "arkitface", "--count", 1, "--size", f"{width}x{height}",
                           "--output", folder)
    return next(folder.rglob("*.jpg"))


def pixels_of_chain(transform, vertices, width, height):
    """PerspNet's own matrices: p = [V 1] R_t M_proj M1, u = p0 / p3, v = h - p1 / p3."""
    screen = np.array([[width / 2, 0, 0, 0], [0, height / 2, 0, 0], [0, 0, 1, 0],
                       [width / 2, height / 2, 0, 1]])
    points = np.c_[vertices, np.ones(len(vertices))] @ transform @ PROJECTION @ screen
    return np.c_[points[:, 0] / points[:, 3], height - points[:, 1] / points[:, 3]]


def pixels_of_record(record, vertices):
    """The canonical camera and pose, the vertices turned to canonical axes."""
    camera, pose = record["camera"], record["faces"][0]["pose"]
    points = (rotation(pose) @ (FLIP @ vertices.astype(float).T)).T + pose["translation"]
    return np.c_[camera["fx"] * points[:, 0] / points[:, 2] + camera["cx"],
                 camera["fy"] * points[:, 1] / points[:, 2] + camera["cy"]]


def rotation(pose):
    """Rodrigues' formula."""
    vector = np.array(pose["rotation_vector"])
    angle = math.sqrt(vector @ vector)
    if angle == 0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def random_rotation(random):
    matrix, _ = np.linalg.qr(random.normal(size=(3, 3)))
    return matrix * np.sign(np.linalg.det(matrix))


def ids(face):
    return [face["attributes"][name] for name in ("subject_id", "facial_action", "img_id")]


def faces_by_id(records):
    return {"/".join(ids(face)): face for record in records for face in record["faces"]}


# kpt_ind.npy of PerspNet and TRG.
LANDMARK_VERTICES = [
    57, 376, 208, 905, 462, 921, 923, 986, 975, 1050, 990, 906, 1216, 1215, 1213, 730, 966, 200,
    197, 327, 329, 348, 781, 764, 762, 646, 649, 15, 13, 10, 8, 308, 76, 4, 525, 743, 1101, 1096,
    1092, 1193, 1196, 1106, 1168, 1078, 1074, 1069, 1161, 1165, 190, 108, 94, 21, 543, 557, 639,
    713, 706, 28, 271, 278, 406, 95, 23, 544, 836, 708, 26, 273,
]
