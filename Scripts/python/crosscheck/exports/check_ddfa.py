"""Training sets of 3DDFA and SynergyNet against closed forms made of the .mat files alone."""

import json

import cv2
import numpy as np
import scipy.io

from .ddfa_sets import CROPS, IMAGES, SIDE, DDFASets, warped
from .report import expect, expect_close
from .tool import read_json_lines

COPIES = 4


def checks(artefacts):
    sets = DDFASets(artefacts)
    for name in ["synthetic", "aflw2000", "300w-lp"]:
        yield f"3ddfa parameters decode, {name}", lambda name=name: decoding(sets[name])
        yield f"3ddfa crops, {name}", lambda name=name: crops(sets[name])
    yield "3ddfa lists share no photo", lambda: lists(sets["synthetic"])
    yield "3ddfa lists by the records' own split", lambda: own_split(sets)
    yield "3ddfa whitening computed", lambda: computed(sets["synthetic"])
    yield "3ddfa whitening published", lambda: published(sets)
    yield "3ddfa pickles, and synergynet's columns", lambda: pickles(sets)
    yield "3ddfa outputs by one thread and by four", lambda: threads(sets["synthetic"])
    yield "synth 300w-lp with tables", lambda: synthesis(sets)


def decoding(data):
    """3DDFA_V2 reads x - 1 and 120 - y; the landmarks are those of the truncated model."""
    worst = {"v1": 0, "v2": 0}
    plain_error, numbers_error, count, turns = 0, 0, 0, []
    for name in worst:
        for row, p in data.export("--copies", COPIES, "--whitening", name).samples():
            truth, affine = data.truth(row["source"]), np.array(row["affine"])
            camera = p[:12].reshape(3, 4)
            mean, shapes, expressions = data.sets.model
            surface = (mean + shapes @ p[12:52] + expressions @ p[52:]).reshape(68, 3).T
            places = camera[:, :3] @ surface + camera[:, 3:]
            found = np.stack([places[0] - 1, SIDE - places[1]])
            expected = affine[:, :2] @ truth.landmarks + affine[:, 2:]
            worst[name] = max(worst[name], np.abs(found - expected).max())
            numbers = truth.parameters(affine)
            numbers_error = max(numbers_error, np.abs(
                (p - numbers) / np.maximum(data_deviation(data, name), 1e-12)).max())
            copy = int(row["image"].rsplit("_", 1)[1].split(".")[0])
            plain_error = max(plain_error, placement(truth, affine, copy, turns))
            count += 1
    expect(max(worst.values()) <= 1e-4, "landmarks within 1e-4 px of the crop", f"{worst}")
    # float32 keeps z to 2^-24 of its size, which is under 16.
    expect(numbers_error <= 1e-6, "parameters within 1e-6 deviations", f"{numbers_error:.1e}")
    expect(count == 2 * COPIES * len({row["source"] for row in data.export(
        "--copies", COPIES, "--whitening", "v1").rows.values()}), "all copies", count)
    expect(np.ptp(turns) > 20, "copies turned to either side", f"{np.ptp(turns):.1f} degrees")
    return (f"{count} samples, landmarks to {worst['v1']:.1e} px (v1), {worst['v2']:.1e} (v2), "
            f"parameters to {numbers_error:.1e} deviations, squares to {plain_error:.1e} px, "
            f"turns from {min(turns):.1f} to {max(turns):.1f} degrees")


def data_deviation(data, name):
    return data.export("--copies", COPIES, "--whitening", name).whitening["param_std"].astype(float)


def placement(truth, affine, copy, turns):
    """Whether the first copy is V2's square, and others are varied within what is promised."""
    left, top, right, bottom = truth.square()
    k = SIDE / (right - left)
    if copy == 1:
        expected = np.array([[k, 0, -k * left], [0, k, -k * top]])
        error = np.abs(affine - expected).max()
        expect(error <= 1e-9, "the plain square's map", f"{affine}")
        return error
    a, b = affine[0, 0], affine[1, 0]
    expect(affine[1, 1] == a and affine[0, 1] == -b, "a similarity", f"{affine}")
    turn, scale = np.degrees(np.arctan2(b, a)), k / np.hypot(a, b)
    centre = np.linalg.solve(affine[:, :2], SIDE / 2 - affine[:, 2])
    shift = (centre - [(left + right) / 2, (top + bottom) / 2]) / (right - left)
    expect(abs(turn) <= 30 and 0.9 <= scale <= 1.1 and np.abs(shift).max() <= 0.1,
           "a turn within 30 degrees, a scale within 10 %, a shift within 10 %",
           f"{turn}, {scale}, {shift}")
    turns.append(turn)
    return 0


def crops(data):
    """Crops against OpenCV's resize, and for turned copies an exact warp, both through JPEG of quality 95."""
    plain, varied, opencv = [], [], []
    output = data.export("--copies", COPIES, "--whitening", "v1")
    for name, row in output.rows.items():
        image = cv2.imread(str(data.folder / row["source"]))
        found = cv2.imread(str(output.folder / CROPS / name))
        expect(found.shape == (SIDE, SIDE, 3), "120 x 120 x 3", found.shape)
        affine = np.array(row["affine"])
        if name.endswith("_1.jpg"):
            expected = cv2.resize(cut(image, data.truth(row["source"]).square()), (SIDE, SIDE),
                                  interpolation=cv2.INTER_LINEAR)
        else:
            # A resize maps pixels' corners on each other, the parameters' rule their centres.
            affine[:, 2] += (np.hypot(*affine[:, 0]) - 1) / 2
            expected = warped(image, affine, SIDE)
            theirs = cv2.warpAffine(image, affine, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
            opencv.append(np.abs(theirs.astype(int) - expected))
        _, coded = cv2.imencode(".jpg", expected, [cv2.IMWRITE_JPEG_QUALITY, 95])
        difference = np.abs(cv2.imdecode(coded, 1).astype(int) - found)
        (plain if name.endswith("_1.jpg") else varied).append(difference)
    plain, varied, opencv = np.array(plain), np.array(varied), np.array(opencv)
    for what, levels in [("resized", plain), ("warped", varied)]:
        expect((levels <= 1).mean() >= 0.999, f"99.9 % of {what} levels within 1",
               f"{(levels <= 1).mean():.5f}")
    expect((opencv <= 2).mean() >= 0.999 and opencv.mean() <= 0.1,
           "OpenCV's warp within 2 levels of the exact one, 0.1 in the mean",
           f"{(opencv <= 2).mean():.5f}, {opencv.mean()}")
    return (f"{len(plain)} plain: {(plain == 0).mean():.4%} of levels equal, most {plain.max()}; "
            f"{len(varied)} varied: {(varied == 0).mean():.4%} equal, most {varied.max()}; OpenCV "
            f"{cv2.__version__}'s warp lies {opencv.mean():.3f} from the exact, most {opencv.max()}")


def cut(image, square):
    """3DDFA_V2's crop: edges rounded half to even, black outside of the image."""
    left, top, right, bottom = (round(float(edge)) for edge in square)
    result = np.zeros((bottom - top, right - left, 3), np.uint8)
    height, width = image.shape[:2]
    x = slice(max(left, 0), min(right, width))
    y = slice(max(top, 0), min(bottom, height))
    result[y.start - top:y.stop - top, x.start - left:x.stop - left] = image[y, x]
    return result


def photo(name):
    """Without the folder, the copy's number and 300W-LP's number of the turned image."""
    stem = name.rsplit("_", 1)[0]
    return stem.split("_", 1)[1].rsplit("_", 1)[0]


def lists(data):
    output = data.export("--copies", COPIES, "--whitening", "v1")
    parts = {part: {photo(name) for name in names} for part, names in output.lists.items()}
    expect(not parts["train"] & parts["val"], "no photo in both", parts["train"] & parts["val"])
    names = output.lists["train"] + output.lists["val"]
    expect(sorted(names) == sorted(output.rows) and len(set(names)) == len(names)
           and len(names) == COPIES * IMAGES, "each crop in one list", len(names))
    order = {name: i for i, name in enumerate(output.rows)}
    for part, members in output.lists.items():
        places = [order[name] for name in members]
        expect(places == sorted(places), f"{part} in the records' order", places)
        expect(all(output.rows[name]["list"] == part for name in members), part, "another list")
    share = len(output.lists["val"]) / len(names)
    expect(0 < share <= 0.2, "a share of val near 0.075", share)
    other = data.export("--val-share", "0.5", "--seed", "3")
    half = len(other.lists["val"]) / IMAGES
    expect(0.3 <= half <= 0.7, "about a half in val", half)
    return (f"{len(names)} crops of {len(parts['train'] | parts['val'])} photos; "
            f"val has {share:.1%}, {half:.0%} where half is asked for")


def own_split(sets):
    """Two sets of different splits in one file of records keep to them."""
    work, data = sets.artefacts.work, sets["synthetic"]
    parts = {}
    for split, image_set in [("train", "LFPW"), ("val", "IBUG")]:
        lines = []
        for record in read_json_lines(data.records):
            if record["image"]["path"].startswith(image_set):
                record["source"]["split"] = split
                lines.append(json.dumps(record) + "\n")
        parts[split] = lines
    records = work / "ddfa-split.jsonl"
    records.write_text("".join(parts["val"] + parts["train"]))
    output = data.export("--seed", "2", records=records)
    for split, lines in parts.items():
        expect(0 < len(lines) == len(output.lists[split]), f"{len(lines)} in {split}",
               len(output.lists[split]))
    expect(all(name.startswith("IBUG") for name in output.lists["val"]), "IBUG in val",
           output.lists["val"])
    return f"{len(parts['train'])} and {len(parts['val'])} records"


def computed(data):
    output = data.export("--whitening", "computed", "--copies", "2")
    numbers = np.array([
        data.truth(output.rows[name]["source"]).parameters(np.array(output.rows[name]["affine"]))
        for name in output.lists["train"]])
    mean, deviation = numbers.mean(axis=0), numbers.std(axis=0)
    errors = [np.abs(output.whitening["param_mean"] - mean) / deviation,
              np.abs(output.whitening["param_std"] / deviation - 1)]
    expect(max(map(np.max, errors)) <= 1e-6, "numpy's mean and std to 1e-6", errors)
    z = output.arrays["train"].astype(float)
    expect(np.abs(z.mean(axis=0)).max() < 1e-6 and np.abs(z.std(axis=0) - 1).max() < 1e-6,
           "whitened numbers of mean 0 and deviation 1", (z.mean(axis=0), z.std(axis=0)))
    table = np.load(output.folder / "param_whitening.npy")
    again = data.export("--copies", "2", "--whitening-table", output.folder / "param_whitening.npy")
    expect(table.shape == (2, 62) and again.arrays["val"].tobytes()
           == output.arrays["val"].tobytes(), "the same from the table", table.shape)
    return f"{len(numbers)} train samples, mean and deviation to {max(map(np.max, errors)):.1e}"


def published(sets):
    """The built-in numbers against the copies as text, of which v1 has six decimals."""
    data, worst = sets["aflw2000"], {}
    for name, suffix, tolerance in [("v1", "", 5.1e-7), ("v2", "_v2", 0)]:
        whitening = data.export("--copies", COPIES, "--whitening", name).whitening
        for key in ["mean", "std"]:
            text = np.loadtxt(sets.tables / f"param_{key}{suffix}.txt")
            # Large numbers of the text are float32 with six decimals.
            error = np.abs(text - whitening[f"param_{key}"].astype(float))
            expect((error <= tolerance + 1e-12 * np.abs(text)).all() or
                   (text.astype(np.float32) == whitening[f"param_{key}"]).all(),
                   f"{name} {key} as the text", error.max())
            worst[f"{name} {key}"] = float(error.max())
    return ", ".join(f"{key} to {value:.1e}" for key, value in worst.items())


def pickles(sets):
    data = sets["aflw2000"]
    mine = data.export("--copies", COPIES, "--whitening", "v1")
    theirs = data.export("--copies", COPIES, form="synergynet")
    for part, array in theirs.arrays.items():
        expect(array.shape == (len(mine.arrays[part]), 102), "(N, 102)", array.shape)
        expect(array[:, :62].tobytes() == np.ascontiguousarray(mine.arrays[part]).tobytes()
               and not array[:, 62:].any(), "62 columns as 3ddfa's and 40 zeros", "others")
    return f"{[list(array.shape) for array in theirs.arrays.values()]}"


def threads(data):
    folders = [data.export("--copies", "2", "--jobs", jobs).folder for jobs in ["1", "4"]]
    files = [{path.relative_to(folder): path.read_bytes()
              for path in sorted(folder.rglob("*")) if path.is_file()} for folder in folders]
    expect(files[0] == files[1] and len(files[0]) > 2 * IMAGES, "equal files", len(files[0]))
    return f"{len(files[0])} files equal"


def synthesis(sets):
    """pts_3d and pt2d of a synthetic face are where its own parameters put the model's landmarks."""
    data, worst, contour = sets["synthetic"], 0, 0
    images = sorted(data.folder.glob("*/*.jpg"))
    for image in images:
        truth = data.truth(image.relative_to(data.folder))
        expect(np.abs(truth.shape).min() > 0 and np.abs(truth.expression).min() > 0,
               "coefficients other than 0", truth.shape)
        file = data.folder / "landmarks" / image.parent.name / f"{image.stem}_pts.mat"
        points = scipy.io.loadmat(file)["pts_3d"].T - 1
        worst = max(worst, np.abs(points - truth.landmarks).max())
        # The jaw of pt2d lies on the visible contour.
        inner = scipy.io.loadmat(image.with_suffix(".mat"))["pt2d"][:, 17:] - 1
        contour = max(contour, np.abs(inner - truth.landmarks[:, 17:]).max())
    expect_close("landmarks", 0, worst, 1e-9)
    expect_close("pt2d beyond the jaw", 0, contour, 1e-9)
    expect(len(images) == IMAGES, f"{IMAGES} images", len(images))
    return f"{len(images)} images, landmarks to {worst:.1e} px, pt2d to {contour:.1e}"
