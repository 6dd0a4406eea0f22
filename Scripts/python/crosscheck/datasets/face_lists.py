"""Images and img2pose's lists of JSON files, with faces that Python made in full precision."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from .camera import MEAN_FACE, camera_points, image_camera, projection
from .img2pose_converter import crop_camera
from .tool import read_json_lines

EYES = float(np.linalg.norm(MEAN_FACE[1] - MEAN_FACE[0]))
# Even and odd, wide and high: principal points are floored halves.
SIZES = ("640x480", "517x751", "1023x385")
IMAGES_OF_A_SIZE = 60


@dataclass
class FaceList:
    """A list of JSON files: `contents` as parsed, in the list's order."""

    tool: object
    work: Path
    name: str
    images: Path
    path: Path
    contents: list

    def build(self, name, *options):
        """The path without endings of what `sixdof build` writes."""
        prefix = self.work / f"{self.name}-{name}"
        self.tool.run("build", "wider-face", "--images", self.images, "--annotations", self.path,
                      "--output", prefix, "--progress", "none", *options)
        return prefix

    @cached_property
    def records_path(self):
        output = self.work / f"{self.name}-converted.jsonl"
        self.tool.run("convert", "wider-face", "--images", self.images, "--annotations", self.path,
                      "--output", output)
        return output

    def labelled(self, name, *options, source=None):
        """The path of what `sixdof label` makes of the records, or of another file of records."""
        output = self.work / f"{self.name}-{name}.jsonl"
        self.tool.run("label", source or self.records_path, "--output", output, *options)
        return output


class FaceLists:
    """Lists over the images of three synthetic sets, made when first asked for."""

    def __init__(self, artefacts, models):
        self.tool, self.work, self.models = artefacts.tool, artefacts.work, models
        self.folder = artefacts.work / "face-lists"

    @cached_property
    def truth(self):
        """The records of all images, with the poses that their faces were drawn with."""
        records = []
        for seed, size in enumerate(SIZES, start=40):
            self.tool.run("synth", "wider-face", "--count", IMAGES_OF_A_SIZE, "--max-faces", 12,
                          "--seed", seed, "--size", size, "--output", self.folder / size)
            for record in read_json_lines(self.folder / size / "truth.jsonl"):
                record["image"]["path"] = f"{size}/images/{record['image']['path']}"
                records.append(record)
        return records

    def made(self, name, contents):
        """A list of JSON files with these contents, (image path, boxes, landmarks) each."""
        folder = self.work / f"list-{name}"
        folder.mkdir()
        parsed = []
        for number, (path, boxes, landmarks) in enumerate(contents):
            parsed.append({"image_path": path, "bboxes": boxes, "landmarks": landmarks})
            (folder / f"{number}.json").write_text(json.dumps(parsed[-1]))
        file = folder / "list.txt"
        file.write_text("".join(f"{number}.json\n" for number in range(len(parsed))))
        return FaceList(self.tool, self.work, name, self.folder, file, parsed)

    @cached_property
    def drawn(self):
        """The synthetic faces with landmarks, at full precision instead of 3 decimals."""
        def faces(record):
            camera = camera_of(record)
            for face in record["faces"]:
                pose = np.array([*face["pose"]["rotation_vector"],
                                 *np.array(face["pose"]["translation"]) * 10])
                yield face["bbox_xyxy"], projection(pose, self.models[5].astype(float), camera)

        return self.listed("drawn", faces)

    @cached_property
    def exact(self):
        """Five points that img2pose's camera of the crop sees without any error."""
        random = np.random.default_rng(50)

        def faces(record):
            for _ in range(12):
                pose, box = random_face(record, random)
                whole = np.array(box).astype(int)
                # The pose in the image is taken for one in the crop, as far as its size asks.
                pose[3:] = [*random.uniform(-0.3, 0.3, 2), random.uniform(6, 9)]
                seen = projection(pose, self.models[5].astype(float), crop_camera(whole))
                yield box, seen + whole[:2]

        return self.listed("exact", faces)

    @cached_property
    def sixty_eight(self):
        return self.noisy("sixty-eight", 68, 51, faces=12, identities=(0.03, 0.05))

    @cached_property
    def five(self):
        return self.noisy("five", 5, 52, faces=18, identities=(0.04,))

    def noisy(self, name, points, seed, faces, identities):
        """Faces that differ from the mean face, in perspective, with landmark noise of 1 %; all in
        fractions of the distance between the eyes."""
        random, model = np.random.default_rng(seed), self.models[points].astype(float)

        def all_faces(record):
            camera = camera_of(record)
            for number in range(faces):
                pose, box = random_face(record, random)
                identity = identities[number % len(identities)] * EYES / np.sqrt(3)
                own = model + random.normal(size=model.shape) * identity
                noise = random.normal(size=(points, 2)) * 0.01 * EYES * camera[0, 0] / pose[5]
                yield box, projection(pose, own, camera) + noise

        return self.listed(name, all_faces)

    def listed(self, name, faces_of):
        contents = []
        for record in self.truth:
            faces = [(list(box), points.tolist()) for box, points in faces_of(record)]
            contents.append((record["image"]["path"], [box for box, _ in faces],
                             [points for _, points in faces]))
        return self.made(name, contents)


def camera_of(record):
    return image_camera(record["image"]["width"], record["image"]["height"])


def random_face(record, random):
    """A pose anywhere in the image, and a fractional box around it that may leave the image."""
    width, height = record["image"]["width"], record["image"]["height"]
    camera = image_camera(width, height)
    rotation = Rotation.from_euler("xyz", random.uniform([-0.5, -1, -0.45], [0.5, 1, 0.45]))
    depth = camera[0, 0] * EYES / random.uniform(12, min(width, height) / 6)
    pixel = np.array([*(random.uniform(0, 1, 2) * (width, height)), 1])
    pose = np.concatenate([rotation.as_rotvec(), np.linalg.solve(camera, pixel) * depth])
    middle = projection(pose, np.array([[0, -0.1, 0.2]]), camera)[0]
    half = np.array([0.75, 1]) * camera[0, 0] / depth * random.uniform(0.9, 1.2, 2)
    assert camera_points(pose, MEAN_FACE)[:, 2].min() > 0
    return pose, [*(middle - half).tolist(), *(middle + half).tolist()]
