"""`label --camera estimate` against simulated faces of known cameras, and against the same estimator in numpy."""

import hashlib
import json

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial.transform import Rotation

from .mean_face import eye_distance, fitted_poses, projected, starting_poses
from .reference_points import reference_models
from .report import expect, expect_close
from .tool import read_json_lines

IDENTITY, PLACEMENT = 0.043, 0.01  # of the interocular distance
PRIOR = 0.51  # of the natural logarithm of the focal length over width plus height
CORRELATION = 0.02  # metres over which faces differ alike
WIDTH, HEIGHT = 640, 480
# How large faces are, how many a camera has, how many cameras, and the greatest median error in octaves.
SETTINGS = [("selfies of one face", (0.4, 0.7), 1, 40, 0.35), ("five faces", (0.08, 0.25), 5, 40, 0.35),
            ("five near faces", (0.4, 0.7), 5, 40, 0.2), ("twenty faces", (0.08, 0.25), 20, 30, 0.2)]


def checks(artefacts):
    model = reference_models(artefacts)[68].astype(float) * 0.1
    for number, setting in enumerate(SETTINGS):
        yield f"estimated camera of {setting[0]}", lambda setting=setting, seed=number: estimated(artefacts, model, seed, *setting)
    yield "estimated camera: what cannot be told", lambda: untold(artefacts, model)


def persons(model, count, random):
    """Faces whose near points differ from the mean alike."""
    distances = np.linalg.norm(model[:, None] - model[None], axis=2)
    alike = np.linalg.cholesky(np.exp(-0.5 * (distances / CORRELATION) ** 2) + 1e-9 * np.eye(len(model)))
    return model + IDENTITY * eye_distance(model) * np.einsum("ij,fjk->fik", alike, random.normal(size=(count, *model.shape)))


def camera(model, share, count, random, centre):
    """One camera's focal length over width plus height, and its faces' pixels."""
    factor = 2 ** random.uniform(-1, 1)
    focal = factor * (WIDTH + HEIGHT)
    shapes = persons(model, count, random)
    rotations = Rotation.from_euler("yxz", random.normal(0, [25, 12, 10], (count, 3)), degrees=True).as_matrix()
    height = np.ptp(model[:, 1])
    depth = focal * height / (random.uniform(*share, count) * HEIGHT)
    sight = random.uniform(-0.25, 0.25, (count, 2)) * [WIDTH, HEIGHT] / focal
    points = np.einsum("fij,fnj->fni", rotations, shapes) + (np.c_[sight, np.ones(count)] * depth[:, None])[:, None]
    pixels = focal * points[..., :2] / points[..., 2:] + centre
    eyes = focal * eye_distance(model) / depth
    return factor, rotations, pixels + PLACEMENT * eyes[:, None, None] * random.normal(size=pixels.shape)


def write(folder, model, cameras):
    """Each camera has images of a size of its own, a pixel or two wider than that of the one before."""
    face = folder / "face.npy"
    np.save(face, model)
    face.with_suffix(".json").write_text(json.dumps({
        "schema": "sixdof.face-model/1", "layout": "ibug-68", "unit": "metre", "axes": "opencv", "frame": "bfm",
        "identity_sigma": IDENTITY, "sha256": hashlib.sha256(face.read_bytes()).hexdigest()}))
    lines = []
    for number, (_, _, pixels) in enumerate(cameras):
        for index, points in enumerate(pixels):
            lines.append(json.dumps({
                "schema": "sixdof.image/1", "id": f"{number}/{index}", "source": {"dataset": "wider-face"},
                "image": {"path": f"{number}/{index}.jpg", "archive": None, "width": WIDTH + 2 * number, "height": HEIGHT,
                          "format": "jpeg"},
                "camera": None,
                "faces": [{"bbox_xyxy": [*points.min(0), *points.max(0)],
                           "landmarks": {"layout": "ibug-68", "points": points.tolist(), "visibility": ["visible"] * 68}}]}))
    records = folder / "records.jsonl"
    records.write_text("\n".join(lines) + "\n")
    return records, face


def labelled(artefacts, folder, model, cameras):
    folder.mkdir()
    records, face = write(folder, model, cameras)
    output = folder / "labelled.jsonl"
    said = artefacts.tool.refusal("label", records, "--face-model", face, "--camera", "estimate", "--output", output,
                                  "--progress", "none", exit_code=0)
    return read_json_lines(output), said


def estimated(artefacts, model, seed, name, share, count, cameras, limit):
    random = np.random.default_rng(seed + 1)
    truth = [camera(model, share, count, random, [(WIDTH + 2 * i) // 2, HEIGHT // 2]) for i in range(cameras)]
    folder = artefacts.work / f"camera-{seed}"
    records, _ = labelled(artefacts, folder, model, truth)
    found = [record["camera"] for record in records]
    errors, sigmas, apart = [], [], []
    for number, (factor, _, pixels) in enumerate(truth):
        ours = found[number * count]
        if ours["provenance"] != "estimated":
            continue
        focal = ours["fx"] / (WIDTH + 2 * number + HEIGHT)
        errors.append(np.log(focal / factor))
        sigmas.append(ours["focal_sigma"])
        if number < 2:
            seen = (pixels - [ours["cx"], ours["cy"]]) / (WIDTH + 2 * number + HEIGHT)
            apart.append(abs(np.log(focal / best_factor(seen, model))))
    expect(len(apart) > 0 and max(apart) < 1e-3, "the focal length that numpy finds, to a thousandth", max(apart, default=None))
    median = np.median(np.abs(errors)) / np.log(2)
    coverage = (np.abs(errors) <= 2 * np.array(sigmas)).mean()
    expect(median <= limit, f"a median error of at most {limit} octaves", median)
    expect(coverage >= 0.85, "errors within two sigmas", coverage)
    usual = folder / "usual.jsonl"
    artefacts.tool.run("label", folder / "records.jsonl", "--face-model", folder / "face.npy", "--output", usual,
                       "--progress", "none")
    off, off_usual = (turned(truth, some) for some in (records, read_json_lines(usual)))
    expect(off < off_usual, "rotations nearer to the truth than with width plus height", (off, off_usual))
    return (f"{len(errors)} of {cameras} cameras told, median error {median:.2f} octaves, {100 * coverage:.0f} % within two "
            f"sigmas, {max(apart):.1e} from numpy's; rotations off by {off:.2f}° and by {off_usual:.2f}° with width plus height")


def turned(truth, records):
    """The median angle between true rotations and those of records, in degrees."""
    true = Rotation.from_matrix(np.concatenate([rotations for _, rotations, _ in truth]))
    ours = Rotation.from_rotvec([record["faces"][0]["pose"]["rotation_vector"] for record in records])
    return np.degrees(np.median((true * ours.inv()).magnitude()))


def best_factor(seen, model):
    """Where the faces together leave least, in units of the focal length that `seen` was divided by."""
    starts = starting_poses(seen, model)
    _, places = fitted_poses(seen, model, *starts, False)
    scales = eye_distance(model) / places[:, 2]

    def cost(logarithm):
        prior = 0.5 * (logarithm / PRIOR) ** 2
        plane = seen / np.exp(logarithm)
        rotations, translations = fitted_poses(plane, model, *starting_poses(plane, model), False, steps=200)
        _, images = projected(rotations, translations, model)
        errors = np.exp(logarithm) * (images - plane) / scales[:, None, None]
        return prior + 0.5 * (errors ** 2).sum() / (IDENTITY ** 2 + PLACEMENT ** 2)

    rough = np.linspace(-1.4, 2.1, 18)
    start = rough[np.argmin([cost(place) for place in rough])]
    return np.exp(minimize_scalar(cost, bounds=(start - 0.25, start + 0.25), method="bounded", options={"xatol": 1e-6}).x)


def untold(artefacts, model):
    """Faces far away, four faces alone, and a face that nobody learnt: width plus height stays, and it is said."""
    random = np.random.default_rng(9)
    far = [camera(model, (0.02, 0.03), 3, random, [WIDTH // 2, HEIGHT // 2])]
    records, said = labelled(artefacts, artefacts.work / "camera-far", model, far)
    found = [record["camera"] for record in records]
    expect(all(c["provenance"] == "assumed-width-plus-height" and "focal_sigma" not in c for c in found),
           "width plus height where three small faces are all", found)
    expect("width + height is assumed for 1 size of images with 3 faces" in " ".join(said), "a word on it", said)
    records = artefacts.work / "camera-far/records.jsonl"
    refused = artefacts.tool.refusal("label", records, "--camera", "estimate", "--output", artefacts.work / "x.jsonl",
                                     "--progress", "none", exit_code=64)
    expect("calibrate" in refused[-1], "the remedy for a face that was not learnt", refused)
    return "three small faces and the bundled face are told"
