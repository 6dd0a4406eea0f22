"""What people train or edit with, read as its own tools read it, against the records that it was made of."""

import csv
import json
import math
import urllib.parse
from xml.etree import ElementTree

import numpy as np

from .report import expect, expect_close, expect_same
from .tool import read_json_lines

FIVE = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"]
VISIBILITY = {"missing": 0, "occluded": 1, "visible": 2}
PIXELS = 1e-9


def checks(artefacts):
    for form, read in READERS.items():
        yield (f"tool form {form}",
               lambda form=form, read=read: five_points(artefacts, form, read))
    yield "tool form pts", lambda: sixty_eight(artefacts)
    yield "tool form coco angles", lambda: coco_angles(artefacts)
    yield "tool form findings", lambda: findings(artefacts)


def five_points(artefacts, form, read):
    """Boxes and five points of the records are those that a reader of the form gets."""
    path = artefacts.traps.converted_path("label.txt", with_images=True)
    folder = artefacts.work / f"tool-{form}"
    images = ["--images", artefacts.synthetic.images] if form in ("yolo-pose", "labelme") else []
    artefacts.tool.run("export", path, "--format", form, *images, "--allow-lossy", "--output", folder)
    found = read(folder)
    faces = points = 0
    for record in read_json_lines(path):
        width, height = record["image"]["width"], record["image"]["height"]
        expected = [expected_face(face, width, height, form) for face in record["faces"]]
        expected = [face for face in expected if face is not None]
        image = found.get(record["image"]["path"], [])
        expect_same(f"{form}: faces of {record['image']['path']}", len(expected), len(image))
        for (box, marks), (other_box, other_marks) in zip(expected, image, strict=True):
            all_close(f"{form}: box", box, other_box)
            faces += 1
            if marks is None:
                expect(not any(v for _, v in other_marks or []), f"{form}: no points", other_marks)
                continue
            for (place, visible), (other, seen) in zip(marks, other_marks, strict=True):
                expect_same(f"{form}: visibility", visible, seen)
                if visible:
                    all_close(f"{form}: point", place, other)
                    points += 1
    expect(faces > 40 and points > 100, "faces and points", f"{faces}, {points}")
    return f"{faces} boxes and {points} points equal"


def all_close(what, expected, found):
    """Each of some coordinates is the other's, to a billionth of a pixel."""
    for value, other in zip(expected, found, strict=True):
        expect_close(what, value, other, PIXELS)


def expected_face(face, width, height, form):
    """Box and points of a record's face as the form can hold them; None for a face that it leaves out."""
    box, marks = list(face["bbox_xyxy"]), None
    if face.get("landmarks"):
        marks = [(point, VISIBILITY[seen]) for point, seen in
                 zip(face["landmarks"]["points"], face["landmarks"]["visibility"], strict=True)]
    if form == "yolo-pose":
        box = [max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)]
        if box[2] <= box[0] or box[3] <= box[1]:
            return None
        marks = marks and [
            (point, v if v and 0 <= point[0] <= width and 0 <= point[1] <= height else 0)
            for point, v in marks]
    return box, marks


def read_cvat(folder):
    """As datumaro's CvatBase and CVAT's load_anno take it: groups join shapes, outside is missing."""
    root = ElementTree.parse(folder / "annotations.xml").getroot()
    declared = {label.findtext("name") for label in root.iter("label")}
    found = {}
    for image in root.iter("image"):
        skeletons = {}
        for skeleton in image.iter("skeleton"):
            marks = {}
            for point in skeleton.iter("points"):
                x, y = map(float, point.get("points").split(","))
                seen = 0 if point.get("outside") == "1" else 1 if point.get("occluded") == "1" else 2
                marks[point.get("label")] = ([x, y], seen)
            expect(skeleton.get("label") in declared and set(marks) <= declared, "declared labels", marks)
            skeletons[skeleton.get("group_id")] = [marks[name] for name in FIVE]
        found[image.get("name")] = [
            ([float(box.get(side)) for side in ("xtl", "ytl", "xbr", "ybr")],
             skeletons.get(box.get("group_id")) if box.get("group_id") else None)
            for box in image.iter("box")]
    return found


def read_label_studio(folder):
    """As label-studio-sdk's converter computes: per cent of the original size; parentID ties points to boxes."""
    names = {tag.get("name") for tag in ElementTree.parse(folder / "config.xml").getroot()}
    found = {}
    for task in json.loads((folder / "tasks.json").read_text(encoding="utf-8")):
        address = task["data"]["image"]
        path = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["d"][0]
        boxes, marks = {}, {}
        for result in task["annotations"][0]["result"]:
            expect(result["from_name"] in names and result["to_name"] in names, names, result)
            value, w, h = result["value"], result["original_width"], result["original_height"]
            x, y = value["x"] / 100.0 * w, value["y"] / 100.0 * h
            if result["type"] == "rectanglelabels":
                boxes[result["id"]] = [x, y, x + value["width"] / 100.0 * w,
                                       y + value["height"] / 100.0 * h]
            elif result["type"] == "keypointlabels":
                seen = 1 if result.get("meta", {}).get("text") == ["occluded"] else 2
                marks.setdefault(result["parentID"], {})[value["keypointlabels"][0]] = ([x, y], seen)
        found[path] = [(box, [marks[key].get(name, (None, 0)) for name in FIVE] if key in marks else None)
                       for key, box in boxes.items()]
    return found


def read_labelme(folder):
    """As labelme's LabelFile loads it: the image's path is relative to the file, and must be there."""
    found = {}
    for file in folder.rglob("*.json"):
        data = json.loads(file.read_text(encoding="utf-8"))
        expect({"version", "imagePath", "imageData", "shapes", "flags"} <= set(data), "LabelMe's keys", data)
        image = (file.parent / data["imagePath"]).resolve()
        expect(image.is_file(), f"an image beside {file.name}", data["imagePath"])
        boxes, marks = {}, {}
        for shape in data["shapes"]:
            points, group = np.array(shape["points"], float), shape["group_id"]
            expect(points.ndim == 2 and points.shape[1] == 2, "pairs of numbers", shape["points"])
            if shape["shape_type"] == "rectangle":
                boxes[group] = [*points.min(0), *points.max(0)]
            else:
                seen = 1 if shape["flags"].get("occluded") else 2
                marks.setdefault(group, {})[shape["label"]] = (list(points[0]), seen)
        found[str(image.relative_to(folder.resolve()))] = [
            (box, [marks[key].get(name, (None, 0)) for name in FIVE] if key in marks else None)
            for key, box in boxes.items()]
    return found


def read_yolo(folder):
    """As ultralytics' verify_image_label takes it (data/utils.py): rows of 5 + 15 columns, from 0 to 1."""
    lists = {line.split(": ", 1)[1] for line in (folder / "data.yaml").read_text().splitlines()
             if line.split(":")[0] in ("train", "val", "test")}
    found = {}
    for name in lists:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            image = folder / line.replace("./", "", 1)
            expect(image.is_file(), "an image that the list names", line)
            head, _, tail = str(image).rpartition("/images/")
            label = f"{head}/labels/{tail.rsplit('.', 1)[0]}.txt"
            rows = [row.split() for row in open(label, encoding="utf-8").read().strip().splitlines() if row]
            rows = np.array(rows, dtype=np.float64).reshape(-1, 20)
            points = rows[:, 5:].reshape(-1, 3)[:, :2]
            expect(rows.min(initial=0) >= 0, "no negative number", label)
            expect(points.max(initial=0) <= 1 and rows[:, 1:5].max(initial=0) <= 1, "shares", label)
            height, width = image_size(image)
            scale = np.array([width, height])
            found[str(image.relative_to(folder / "images"))] = [yolo_face(row, scale) for row in rows]
    return found


def yolo_face(row, scale):
    centre, extent = row[1:3] * scale, row[3:5] * scale
    marks = [(list(point[:2] * scale), int(point[2])) for point in row[5:].reshape(5, 3)]
    box = [*(centre - extent / 2), *(centre + extent / 2)]
    return box, marks if any(v for _, v in marks) else None


def image_size(path):
    import cv2
    return cv2.imread(str(path)).shape[:2]


def read_csv(folder):
    found = {}
    with open(folder / "faces.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            faces = found.setdefault(row["image"], [])
            if not row["x1"]:
                continue
            marks = [([float(row[f"{name}_x"] or 0), float(row[f"{name}_y"] or 0)],
                      int(row[f"{name}_v"] or 0)) for name in FIVE]
            faces.append(([float(row[side]) for side in ("x1", "y1", "x2", "y2")],
                          marks if row["nose_v"] else None))
    return found


def read_coco(folder):
    """As pycocotools indexes it: ids are unique, and annotations name images and categories that are there."""
    data = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    images = {image["id"]: image["file_name"] for image in data["images"]}
    categories = {category["id"]: category for category in data["categories"]}
    expect_same("ids of images", len(images), len(data["images"]))
    expect_same("ids of annotations", len({a["id"] for a in data["annotations"]}), len(data["annotations"]))
    found = {name: [] for name in images.values()}
    for annotation in data["annotations"]:
        x, y, w, h = annotation["bbox"]
        marks = None
        if "keypoints" in annotation:
            rows = np.array(annotation["keypoints"], float).reshape(-1, 3)
            expect_same("keypoints", len(categories[annotation["category_id"]]["keypoints"]), len(rows))
            expect_same("num_keypoints", int((rows[:, 2] > 0).sum()), annotation["num_keypoints"])
            marks = [(list(row[:2]), int(row[2])) for row in rows]
        found[images[annotation["image_id"]]].append(([x, y, x + w, y + h], marks))
    return found


READERS = {"cvat": read_cvat, "label-studio": read_label_studio, "labelme": read_labelme,
           "yolo-pose": read_yolo, "csv": read_csv, "coco": read_coco}


def posed(artefacts):
    """Records with poses and 68 points."""
    path = artefacts.work / "tool-posed.jsonl"
    if not path.exists():
        folder = artefacts.work / "tool-posed"
        artefacts.tool.run("synth", "aflw2000", "--count", 12, "--seed", 5, "--output", folder)
        artefacts.tool.run("convert", "aflw2000", "--input", folder, "--images", folder, "--output", path)
    return path


def sixty_eight(artefacts):
    """menpo's importer subtracts 1 from what a .pts file holds (menpo/io/input/landmark.py)."""
    folder = artefacts.work / "tool-pts"
    artefacts.tool.run("export", posed(artefacts), "--format", "pts", "--allow-lossy", "--output", folder)
    count = 0
    for record in read_json_lines(posed(artefacts)):
        stem = record["image"]["path"].rsplit(".", 1)[0]
        lines = (folder / f"{stem}.pts").read_text().split("\n")
        expect_same("header", ["version: 1", "n_points: 68", "{"], lines[:3])
        expect_same("end", ["}", ""], lines[71:])
        points = np.array([line.split() for line in lines[3:71]], float) - 1
        all_close("points", np.ravel(record["faces"][0]["landmarks"]["points"]), points.ravel())
        count += 1
    return f"{count} faces of 68 points equal"


def coco_angles(artefacts):
    """DirectMHP's triple gives the record's rotation, and has pitch and roll within 90 degrees."""
    folder = artefacts.work / "tool-coco-angles"
    artefacts.tool.run("export", posed(artefacts), "--format", "coco", "--euler", "aflw", "--allow-lossy",
                       "--output", folder)
    data = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    worst = 0
    records = read_json_lines(posed(artefacts))
    for record, annotation in zip(records, data["annotations"], strict=True):
        pitch, yaw, roll = np.radians(annotation["euler_angles"])
        expect(max(abs(pitch), abs(roll)) <= math.pi / 2, "pitch and roll within 90 degrees", (pitch, roll))
        turned = turn(0, -pitch) @ turn(1, yaw) @ turn(2, roll)
        rotation = rodrigues(np.array(record["faces"][0]["pose"]["rotation_vector"]))
        worst = max(worst, float(np.abs(turned - rotation).max()))
    expect(worst < 1e-9, "the records' rotations", worst)
    return f"{len(records)} rotations equal to {worst:.0e}"


def turn(axis, angle):
    vector = np.zeros(3)
    vector[axis] = angle
    return rodrigues(vector)


def rodrigues(vector):
    angle = np.linalg.norm(vector)
    if angle == 0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def findings(artefacts):
    """The task of `check --export` has the images, faces and codes that --findings lists, also what two files share."""
    path = artefacts.traps.converted_path("label.txt", with_images=True)
    again = artefacts.work / "tool-again.jsonl"
    again.write_bytes(path.read_bytes())
    folder, lines = artefacts.work / "tool-task", artefacts.work / "tool-findings.jsonl"
    artefacts.tool.run("check", path, again, "--findings", lines, "--export", "cvat", "--export-output", folder,
                       exit_code=2)
    expected = {}
    for finding in read_json_lines(lines):
        if finding["severity"] != "note" and finding.get("record"):
            expected.setdefault(finding["record"], set()).add((finding.get("face"), finding["check"]))
    ids = {record["image"]["path"]: record["id"] for record in read_json_lines(path)}
    found = {}
    for image in ElementTree.parse(folder / "annotations.xml").getroot().iter("image"):
        codes = {(None, tag.get("label")) for tag in image.iter("tag")}
        for i, box in enumerate(image.iter("box")):
            for attribute in box.iter("attribute"):
                if attribute.get("name") == "finding":
                    codes |= {(i, code) for code in attribute.text.split()}
        found.setdefault(ids[image.get("name")], set()).update(codes)
    expect_same("images with findings", sorted(expected), sorted(found))
    for record, codes in expected.items():
        expect_same(f"findings of {record}", sorted(codes, key=str), sorted(found[record], key=str))
    return f"{len(found)} images with {sum(map(len, found.values()))} findings"
