"""Layout perspnet: the samples of the drop-in dataset, against a closed form of PerspNet's loader of our own (TARGETS 2)."""

import importlib.util
import json
import math
import re
from functools import cache
from pathlib import Path

import cv2
import lmdb
import msgpack
import numpy as np

from .report import expect, expect_close, expect_same
from .tool import read_json_lines

SIZE, POINTS, IMAGE = 192, 1024, 800
DROP_IN = Path(__file__).parents[2] / "perspnet" / "sixdof_dataset.py"
MOUTH = [249, 393, *range(250, 257), 24, 691, 690, 689, 688, 687, 686, 685, 823, 684, 834, 740, 683, 682, 710, 725, 709, 700, 25,
         265, 274, 290, 275, 247, 248, 305, 404]
EYES = [[*range(1101, 1084, -1), *range(1108, 1101, -1)], [*range(1081, 1060, -1), 1084, 1083, 1082]]


def checks(artefacts):
    own = cache(lambda: Set(artefacts, "perspnet-own", None))
    real = cache(lambda: Set(artefacts, "perspnet-real", artefacts.real("arkitface_tables")))
    for name, made in [("our tables", own), ("the real tables", real)]:
        yield f"PerspNet's numbers, {name}", lambda made=made: numbers(made())
        yield f"PerspNet's samples, {name}", lambda made=made: samples(made())
    yield "PerspNet's UV map", lambda: uv_maps(real(), artefacts.real("arkitface_tables"))
    yield "PerspNet's faces at the border", lambda: border(own(), artefacts)
    yield "PerspNet's broken faces", lambda: broken(own(), artefacts)


class Set:
    """A synthetic set, packed; its faces as the files have them."""

    def __init__(self, artefacts, name, tables):
        self.tool, self.work = artefacts.tool, artefacts.work / name
        self.work.mkdir()
        options = [] if tables is None else ["--mesh-tables", tables]
        self.tool.run("synth", "arkitface", "--count", 10, "--seed", 7, *options, "--output", self.work / "set")
        self.tables = tables or self.work / "set/tables"
        self.root = self.work / "set/perspnet"
        self.tool.run("build", "arkitface", "--input", self.root, "--layout", "perspnet", "--mesh-tables", self.tables,
                      "--output", self.work / "train")
        self.triangles = np.load(self.tables / "triangles.npy").astype(np.int64)
        self.landmarks = np.load(self.tables / "kpt_ind.npy")
        self.contents = contents(self.work / "train.lmdb")
        folder = self.work / "repository"
        for part in ("data", "npy"):
            (folder / part).mkdir(parents=True)
        uv = np.load(self.tables / "uv_coords_std_202109.npy")
        np.save(folder / "data/triangles.npy", self.triangles)
        np.save(folder / "npy/uv_coords_std_202109.npy", uv)
        full = self.tables / "tris_2500x3_202110.npy"
        np.save(folder / "npy/tris_2500x3_202110.npy", np.load(full) if full.exists() else self.triangles)
        self.repository = folder

    def dataset(self, path=None, is_train=False, same_draws=True):
        return drop_in().PackedFaces(
            path or self.work / "train.lmdb", SIZE, POINTS, is_train, self.repository, same_draws=same_draws)

    def files(self, content):
        path = self.root / content["path"]
        info = path.parent.parent.parent.parent / "info" / path.parent.relative_to(self.root / "image")
        return path, np.load(info / path.name.replace("_ar.jpg", "_info.npz"))


@cache
def drop_in():
    spec = importlib.util.spec_from_file_location("sixdof_dataset", DROP_IN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def contents(path):
    with lmdb.open(str(path), subdir=False, readonly=True, lock=False).begin() as transaction:
        return [msgpack.unpackb(value) for _, value in transaction.cursor()]


class Loader:
    """What PerspNet's loader has before it draws: all in one image's pixels."""

    def __init__(self, made, verts, matrix):
        # Its projection matrix is float32, and the chain of matrices float64.
        half = IMAGE / 2
        scale = float(np.float32(1.57443701))
        camera = np.concatenate([verts, np.ones((len(verts), 1))], axis=1).astype(float) @ matrix.astype(float)
        z = -camera[:, 2]
        self.points = np.stack(
            (scale * half * camera[:, 0] / z + half, half - scale * half * camera[:, 1] / z, -z), axis=1)
        rims = np.concatenate([*EYES, MOUTH])
        attributes = np.ones(len(verts), np.float32)
        attributes[rims] = 0
        lids = [lid for ring in (*EYES, MOUTH) for lid in strip(ring)]
        self.seen, weights = rasterise(self.points.astype(np.float32), np.concatenate([made.triangles, lids]))
        self.weights = weights
        self.corners = np.concatenate([made.triangles, lids])[self.seen]
        value = (weights * attributes[self.corners]).sum(axis=2, dtype=np.float32)
        self.mask = ((self.seen >= 0) & (value > 0)).astype(np.uint8)
        marks = self.points[made.landmarks, :2]
        low, high = marks.min(axis=0), marks.max(axis=0)
        self.centre, self.extent = (low + high) / 2, (high - low).max()
        reach = 0.75 * self.extent
        self.region = [math.trunc(value) for value in (
            self.centre[0] - reach, self.centre[1] - reach, self.centre[0] + reach, self.centre[1] + reach)]


def strip(ring):
    n = len(ring)
    indices = [(0, 1, n - 1), (1, 2, n - 1)]
    for k in range(2, n // 2):
        indices += [(k, n - k + 1, n - k), (k, k + 1, n - k)]
    return [[ring[i] for i in triangle] for triangle in indices]


def rasterise(points, triangles):
    """The triangle and the weights of its corners at each pixel, in float32, triangle by triangle."""
    depth = np.full((IMAGE, IMAGE), -999999, np.float32)
    seen = np.full((IMAGE, IMAGE), -1, np.int64)
    weights = np.zeros((IMAGE, IMAGE, 3), np.float32)
    for number, triangle in enumerate(triangles):
        p0, p1, p2 = points[triangle]
        low = np.maximum(np.ceil(np.minimum(np.minimum(p0, p1), p2)[:2]), 0).astype(int)
        high = np.minimum(np.floor(np.maximum(np.maximum(p0, p1), p2)[:2]), IMAGE - 1).astype(int)
        if (high < low).any():
            continue
        y, x = np.mgrid[low[1]:high[1] + 1, low[0]:high[0] + 1]
        v0, v1 = (p2 - p0)[:2], (p1 - p0)[:2]
        qx, qy = x.astype(np.float32) - p0[0], y.astype(np.float32) - p0[1]
        d00, d01, d11 = v0[0] * v0[0] + v0[1] * v0[1], v0[0] * v1[0] + v0[1] * v1[1], v1[0] * v1[0] + v1[1] * v1[1]
        d02, d12 = v0[0] * qx + v0[1] * qy, v1[0] * qx + v1[1] * qy
        determinant = d00 * d11 - d01 * d01
        inverse = np.float32(0) if determinant == 0 else np.float32(1) / determinant
        a, b = (d11 * d02 - d01 * d12) * inverse, (d00 * d12 - d01 * d02) * inverse
        edge = (x < 2) | (x > IMAGE - 3) | (y < 2) | (y > IMAGE - 3)
        w = np.stack((1 - a - b, b, a), axis=-1)
        z = w[..., 0] * p0[2] + w[..., 1] * p1[2] + w[..., 2] * p2[2]
        place = np.s_[low[1]:high[1] + 1, low[0]:high[0] + 1]
        nearer = (edge | ((a >= 0) & (b >= 0) & (a + b < 1))) & (z > depth[place])
        depth[place][nearer] = z[nearer]
        seen[place][nearer] = number
        weights[place][nearer] = w[nearer]
    return seen, weights


def numbers(made):
    worst, pixels, other = 0.0, 0, 0
    expect_same("samples", 10, len(made.contents))
    for content in made.contents:
        path, info = made.files(content)
        verts, matrix = info["verts"], info["R_t"]
        loader = Loader(made, verts, matrix)
        expect_same("region", loader.region, content["region"])
        expect_same("size", [IMAGE, IMAGE], content["size"])
        expect(np.array_equal(np.frombuffer(content["vertices"], "<f4"), verts.astype(np.float32).ravel()),
               "the file's vertices", "others")
        expect(np.abs(np.frombuffer(content["R_t"], "<f4") - matrix.ravel()).max() <= 1.4e-7, "the file's R_t", "another")
        marks = np.frombuffer(content["landmarks"], "<f8").reshape(68, 2)
        worst = max(worst, np.abs(marks - loader.points[made.landmarks, :2]).max())
        for expected, found in zip([*loader.centre, loader.extent], content["centre"]):
            expect_close("centre and extent", expected, found, 5e-5)
        pixels += int(loader.mask.sum())
        other += otherwise(content, loader)
        x, y = content["origin"]
        piece = cv2.imdecode(np.frombuffer(content["image"], np.uint8), cv2.IMREAD_COLOR)
        image = cv2.imread(str(path))[y:y + piece.shape[0], x:x + piece.shape[1]]
        inner = np.s_[4:-4, 4:-4]
        expect(np.array_equal(piece[inner], image[inner]), "the image's pixels", "others")
    expect(worst <= 5e-5, "points within 5e-5 px", worst)
    expect(other <= 1e-4 * pixels, f"at most 1e-4 of {pixels} pixels otherwise", other)
    return f"10 faces, points {worst:.1e} px, {other} of {pixels:,} mask pixels of another triangle"


def otherwise(content, loader, reach=None):
    """How many pixels show another triangle than the loader's; within `reach` of the face's middle, where it is given."""
    left, top, right, bottom = content["mask_box"]
    found = np.full((IMAGE, IMAGE), 65535)
    ids = np.repeat(np.frombuffer(content["triangles"], "<u2"), np.frombuffer(content["lengths"], np.uint8))
    found[top:bottom, left:right] = ids.reshape(bottom - top, right - left)
    expected = np.where(loader.mask > 0, loader.seen, 65535)
    y, x = np.mgrid[:IMAGE, :IMAGE]
    near = np.ones((IMAGE, IMAGE), bool) if reach is None else \
        np.maximum(abs(x - loader.centre[0]), abs(y - loader.centre[1])) < reach
    return int(((found != expected) & near).sum())


def samples(made):
    """Samples without and with augmentation, against the loader's steps with the same random numbers."""
    worst = dict.fromkeys(("nocs", "correspondences", "img"), 0.0)
    for is_train in (False, True):
        dataset = made.dataset(is_train=is_train)
        for index, content in enumerate(made.contents):
            path, info = made.files(content)
            loader = Loader(made, info["verts"], info["R_t"])
            compare(dataset, index, loader, cv2.imread(str(path))[:, :, ::-1], info["verts"], is_train, worst)
    expect_within_limits(worst)
    return ", ".join(f"{name} {value:.1e}" for name, value in worst.items()) + "; choose, mask and model equal"


def compare(dataset, index, loader, image, verts, is_train, worst):
    """One sample against the loader's steps with the same random numbers."""
    np.random.seed(index)
    expected = drawn(loader, image, verts, is_train)
    np.random.seed(index)
    found = dataset.sample(index)
    for name in ("choose", "mask", "model"):
        expect(np.array_equal(found[name], expected[name]), f"equal {name} in sample {index}", "another")
        expect_same(f"type of {name}", str(expected[name].dtype), str(found[name].dtype))
    matrix = np.zeros((POINTS, 1220), np.float32)
    np.put_along_axis(matrix, found["corr_index"], found["corr_weight"], axis=1)
    worst["nocs"] = max(worst["nocs"], np.abs(found["nocs"] - expected["nocs"]).max())
    worst["correspondences"] = max(worst["correspondences"], np.abs(matrix - expected["corr_mat"]).max())
    worst["img"] = max(worst["img"], np.abs(found["img"].astype(int) - expected["img"]).max())


def expect_within_limits(worst):
    for name, limit in (("nocs", 2e-6), ("correspondences", 1e-4), ("img", 2)):
        expect(worst[name] <= limit, f"{name} within {limit}", worst[name])


def drawn(loader, image, verts, is_train):
    """The loader's steps; the region's pixels are those that the image has, where the loader joins others."""
    (x, y), half = loader.centre, 0.75
    if is_train:
        shift = 0.15 * loader.extent
        x, y = x + np.random.uniform(-shift, shift), y + np.random.uniform(-shift, shift)
        half *= np.random.uniform(0.95, 1.05)
    half *= loader.extent
    left, right, top, bottom = (math.trunc(value) for value in (x - half, x + half, y - half, y + half))
    transform = cv2.getAffineTransform(
        np.float32([[left, top], [left, bottom], [right, top]]), np.float32([[0, 0], [0, SIZE - 1], [SIZE - 1, 0]]))
    first, last, upper = max(left, 0), min(right + 1, IMAGE), max(top, 0)
    chosen = np.flatnonzero(loader.mask[upper:bottom + 1, first:last])
    if len(chosen) > POINTS:
        flags = np.zeros(len(chosen), int)
        flags[:POINTS] = 1
        np.random.shuffle(flags)
        chosen = chosen[flags == 1]
    else:
        chosen = np.pad(chosen, (0, POINTS - len(chosen)), "wrap")
    rows, columns = chosen // (last - first) + upper, chosen % (last - first) + first
    index, weights = loader.corners[rows, columns], loader.weights[rows, columns]
    matrix = np.zeros((POINTS, 1220), np.float32)
    np.put_along_axis(matrix, index, weights, axis=1)
    place = np.stack((columns, rows), axis=1) @ transform.T[:2] + transform.T[2]
    choose = (np.floor(place[:, 1]) * SIZE + np.floor(place[:, 0])).astype(np.int64)
    for outside in (choose > SIZE * SIZE - 1, choose < 0):
        if outside.any():
            choose[outside] = np.random.randint(0, SIZE * SIZE)
    return {
        "img": cv2.warpAffine(np.ascontiguousarray(image), transform, (SIZE, SIZE)).astype(int), "choose": choose,
        "mask": (cv2.warpAffine(loader.mask, transform, (SIZE, SIZE)) > 0).astype(np.int64),
        "model": verts.astype(np.float32), "corr_mat": matrix, "nocs": 4.5 * matrix.astype(float) @ verts.astype(float)}


def uv_maps(made, tables):
    """The drop-in's table, against each texel's own triangle found by float64 barycentric coordinates."""
    uv = np.load(tables / "uv_coords_std_202109.npy").astype(float) * (SIZE - 1)
    full = np.load(tables / "tris_2500x3_202110.npy")
    dataset = made.dataset()
    worst, covered = 0.0, 0
    for index in range(3):
        sample = dataset.sample(index)["uvmap"]
        verts = np.frombuffer(made.contents[index]["vertices"], "<f4").reshape(-1, 3).astype(float)
        values = drop_in().uv_colours(verts)
        expected, filled = np.zeros((SIZE, SIZE, 3)), np.zeros((SIZE, SIZE), bool)
        clear = np.ones((SIZE, SIZE), bool)
        for triangle in full:
            corners = uv[triangle]
            low, high = np.ceil(corners.min(axis=0)).astype(int), np.floor(corners.max(axis=0)).astype(int)
            if (high < low).any():
                continue
            y, x = np.mgrid[low[1]:high[1] + 1, low[0]:high[0] + 1]
            basis = np.stack((corners[1] - corners[0], corners[2] - corners[0]), axis=1)
            if abs(np.linalg.det(basis)) < 1e-9:
                continue
            w = np.stack((x - corners[0, 0], y - corners[0, 1]), axis=-1) @ np.linalg.inv(basis).T
            least = np.minimum(w.min(axis=-1), 1 - w.sum(axis=-1))
            clear[y, x] &= np.abs(least) > 1e-4
            new = (least > 0) & ~filled[y, x]
            colour = (1 - w.sum(axis=-1))[..., None] * values[triangle[0]] + w[..., :1] * values[triangle[1]] \
                + w[..., 1:] * values[triangle[2]]
            expected[y[new], x[new]] = colour[new]
            filled[y[new], x[new]] = True
        inside = filled & clear
        difference = np.abs(sample.transpose(1, 2, 0) - (np.clip(expected, 0, 1) * 2 - 1))[inside]
        worst, covered = max(worst, difference.max()), covered + int(filled.sum())
    share = covered / 3 / SIZE ** 2
    expect(worst <= 2e-5, "texels within 2e-5", worst)
    expect(0.69 < share < 0.71, "70 % of texels covered", share)
    return f"3 maps within {worst:.1e}, {share:.4f} of texels covered"


def border(made, artefacts):
    """Faces moved until their regions cross an edge: counted as the loader treats them, and packed with their own points."""
    folder = artefacts.work / "perspnet-border"
    folder.mkdir()
    made.tool.run("convert", "arkitface", "--input", made.root, "--output", folder / "all.jsonl")
    moved = []
    for number, record in enumerate(read_json_lines(folder / "all.jsonl")):
        axis, sign = [(0, -1), (0, 1), (1, -1), (1, 1)][number % 4]
        pose = record["faces"][0]["pose"]
        pose["translation"][axis] = sign * 0.85 * pose["translation"][2] * 400 / 629.774804
        moved.append(json.dumps(record))
    (folder / "moved.jsonl").write_text("\n".join(moved) + "\n")
    made.tool.run("pack", folder / "moved.jsonl", "--images", made.root, "--source", made.root, "--layout", "perspnet",
                  "--mesh-tables", made.tables, "--fail-on", "error", "--output", folder / "moved")
    manifest = json.loads((folder / "moved.manifest.json").read_text())
    packed = contents(folder / "moved.lmdb")
    counted = {"replaced": 0, "corrupted": 0}
    worst = dict.fromkeys(("nocs", "correspondences", "img"), 0.0)
    dataset = made.dataset(folder / "moved.lmdb", is_train=True)
    for index, content in enumerate(packed):
        left, top, right, _ = content["region"]
        if left < 0 or top < 0:
            counted["replaced"] += 1
        elif right > IMAGE - 1:
            counted["corrupted"] += 1
        verts = np.frombuffer(content["vertices"], "<f4").reshape(-1, 3)
        loader = Loader(made, verts, np.frombuffer(content["R_t"], "<f4").reshape(4, 4))
        expect_same("region", loader.region, content["region"])
        other = otherwise(content, loader, reach=0.93 * loader.extent)
        expect(other <= 1e-4 * loader.mask.sum(), "at most 1e-4 of the pixels otherwise", other)
        image = cv2.imread(str(made.root / content["path"]))[:, :, ::-1]
        compare(dataset, index, loader, image, verts, True, worst)
    expect_within_limits(worst)
    expect_same("what the loader would do", manifest["perspnet_loader"], counted)
    expect(counted["replaced"] > 0 and counted["corrupted"] > 0, "both kinds", counted)
    return f"{len(packed)} faces across edges: {counted['replaced']} replaced, {counted['corrupted']} corrupted by its own loader"


def broken(made, artefacts):
    """Each broken face is one located issue, and the others are packed."""
    folder = artefacts.work / "perspnet-broken"
    made.tool.run("synth", "arkitface", "--count", 5, "--output", folder / "set")
    root = folder / "set/perspnet"
    infos = sorted(root.rglob("*_info.npz"))

    def change(path, **arrays):
        np.savez(path, **{**np.load(path), **arrays})

    verts = np.load(infos[0])["verts"]
    change(infos[0], verts=verts[:1000])
    wild = verts.copy()
    wild[17, 1] = np.nan
    change(infos[1], verts=wild)
    matrix = np.load(infos[2])["R_t"].copy()
    matrix[3, 2] = 0.01
    change(infos[2], R_t=matrix)
    matrix = np.load(infos[3])["R_t"].copy()
    matrix[3, 0] += 5
    change(infos[3], R_t=matrix)
    made.tool.run("build", "arkitface", "--input", root, "--layout", "perspnet", "--mesh-tables", made.tables, "--output",
                  folder / "train", exit_code=2)
    found = [issue["message"] if "message" in issue else issue["detail"] for issue in
             read_json_lines(folder / "train.issues.jsonl")]
    expect_same("samples", 1, len(contents(folder / "train.lmdb")))
    for pattern in (r"1220|1,?220", "finite|numbers", "depth|before|front|behind", "part of it|within"):
        expect(any(re.search(pattern, text) for text in found), f"an issue of '{pattern}'", found)
    return f"{len(found)} issues, 1 sample"
