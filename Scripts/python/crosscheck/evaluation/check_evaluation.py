"""`sixdof evaluate` on 1,000 synthetic predictions by each pose protocol, against numpy."""

import base64
import json

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from . import pose_metrics
from .camera import image_camera
from .reference_points import reference_models
from .report import expect, expect_close, expect_same

COUNT = 1000
VERTICES = 40
SIZE = (640, 480)
DRAWS = 20
F = pose_metrics.F
BINS = [(0, 30), (30, 60), (60, 90), (90, 180)]
TRIANGLES = np.array([[i, (i + 7) % VERTICES, (i + 19) % VERTICES] for i in range(VERTICES)])


def checks(artefacts):
    for number, protocol in enumerate(pose_metrics.ANGLES):
        yield f"evaluate {protocol}", lambda p=protocol, n=number: Run(artefacts, p, n).check()


class Run:
    """Faces with the pose, box and mesh of truth and prediction, as records and as arrays."""

    def __init__(self, artefacts, protocol, seed):
        self.artefacts, self.protocol = artefacts, protocol
        self.random = random = np.random.default_rng(100 + seed)
        # Yaw beyond 90°, which no rotation gives back, where records have the annotated angles.
        self.is_annotated = protocol in ("img2pose-aflw2000", "hopenet", "6drepnet")
        largest = [[.5], [.97 if self.is_annotated else .8], [1]]
        pitch, yaw, roll = np.radians(random.uniform(-110, 110, (3, COUNT)) * largest)
        self.truth_r = Rotation.from_euler("XYZ", np.stack([-pitch, yaw, roll], 1)).as_matrix()
        self.angles = np.degrees(np.stack([yaw, pitch, roll], axis=1))
        if not self.is_annotated:
            self.angles = pose_metrics.aflw(self.truth_r)
        self.truth_t = random.uniform([-.3, -.3, .4], [.3, .3, 1.5], (COUNT, 3))
        spread = random.choice([1e-5, .05, .1, 3], (COUNT, 1), p=[.05, .5, .35, .1])
        error = Rotation.from_rotvec(random.normal(size=(COUNT, 3)) * spread).as_matrix()
        self.r = error @ self.truth_r
        self.t = self.truth_t + random.normal(0, .04, (COUNT, 3))
        self.meshes = random.uniform(-.1, .1, (COUNT, VERTICES, 3)).astype("<f4")
        self.predicted = (self.meshes + random.normal(0, .003, self.meshes.shape)).astype("<f4")
        self.state = random.choice(["paired", "alone", "missed", "behind", "unposed"], COUNT,
                                   p=[.9, .04, .03, .015, .015])
        self.t[self.state == "behind", 2] *= -1
        self.landmarks, self.fitted_t = [None] * COUNT, None
        self.boxes = np.tile([104.0, 98, 190, 205], (COUNT, 1))
        if protocol == "img2pose-aflw2000":
            self.see_landmarks()

    def see_landmarks(self):
        """68 noisy landmarks of each true pose, all in the image, and img2pose's fit to them with 1
        added to each."""
        self.truth_t *= [.3, .1, 1]
        self.truth_t[:, 2] += .6
        model = reference_models(self.artefacts)[68]
        camera = image_camera(*SIZE)
        seen = (model * .1) @ self.truth_r.transpose(0, 2, 1) + self.truth_t[:, None]
        pixels = seen @ camera.T
        noise = self.random.normal(0, 1, (COUNT, 68, 2))
        self.landmarks = pixels[..., :2] / pixels[..., 2:] + noise
        self.fitted_t = np.array([
            .1 * cv2.solvePnP(model, np.float32(points + 1), camera, None,
                              flags=cv2.SOLVEPNP_EPNP)[2][:, 0]
            for points in self.landmarks])
        self.boxes = np.hstack([self.landmarks.min(axis=1), self.landmarks.max(axis=1)])

    def record(self, number, faces):
        return {"schema": "sixdof.image/1", "id": f"made/{number}", "source": {"dataset": "made"},
                "image": {"path": f"made/{number}.jpg", "archive": None, "width": SIZE[0],
                          "height": SIZE[1], "format": "jpeg"},
                "camera": {"fx": 1120, "fy": 1120, "cx": 320, "cy": 240,
                           "provenance": "assumed-width-plus-height"}, "faces": faces}

    def face(self, box, pose=None, mesh=None, score=None, landmarks=None):
        face = {"bbox_xyxy": [float(number) for number in box]}
        if landmarks is not None:
            face["landmarks"] = {"layout": "ibug-68", "points": landmarks.tolist()}
        if pose:
            face["pose"] = {"rotation_vector": Rotation.from_matrix(pose[0]).as_rotvec().tolist(),
                            "translation": pose[1].tolist(), "frame": "arkit",
                            "scale": "measured", "provenance": "annotation"}
        if score is not None:
            face["attributes"] = {"score": score}
        if mesh is not None:
            face["native"] = {"verts": array(mesh)}
        return face

    def write(self):
        """The two files; what is predicted besides the face itself lies apart from it, and last."""
        box, apart = [100, 100, 180, 200], [700, 500, 750, 550]
        stray = (np.eye(3), np.array([.1, .1, 1.0]))
        truths, predictions = [], []
        for i, state in enumerate(self.state):
            truth = (self.truth_r[i], self.truth_t[i])
            face = self.face(box, truth, self.meshes[i], landmarks=self.landmarks[i])
            if self.is_annotated:
                yaw, pitch, roll = np.radians(self.angles[i])
                face["native"] = {"Pose_Para": array(np.array([[pitch, yaw, roll, 0, 0, 0, 1e-3]]))}
            truths.append(self.record(i, [face]))
            own = self.face(self.boxes[i], (self.r[i], self.t[i]), self.predicted[i], .95)
            if state == "alone":
                continue
            if state == "missed":
                found = [self.face(apart, stray, score=.9), self.face([0, 0, 9, 9], stray, score=.5)]
            elif state == "unposed":
                found = [self.face(self.boxes[i], score=.95)]
            else:
                found = [own, self.face(apart, stray, score=.4)]
            predictions.append(self.record(i, found))
        predictions.append(self.record("stranger", []))
        self.random.shuffle(predictions)
        folder = self.artefacts.work / f"evaluate-{self.protocol}"
        folder.mkdir()
        for name, records in (("truth", truths), ("predictions", predictions)):
            lines = [json.dumps(record) for record in records]
            (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        np.save(folder / "triangles.npy", TRIANGLES)
        return folder

    def variants(self):
        """(r, t, which faces) that are scored in each variant."""
        included = np.ones(COUNT, dtype=bool)
        if self.is_annotated:
            included = np.all(np.abs(self.angles) <= 99, axis=1)
        r, t = self.r.copy(), self.t.copy()
        correct = included & np.isin(self.state, ["paired", "behind"])
        published = correct.copy()
        if self.protocol.startswith("img2pose"):
            # The last detection looked at, and the first, are both strays.
            published |= included & (self.state == "missed")
            r[self.state == "missed"], t[self.state == "missed"] = np.eye(3), [.1, .1, 1]
        if self.protocol == "perspnet":
            failed = self.state != "paired"
            published |= included & (self.state != "alone")
            correct &= ~failed
            r[failed], t[failed] = np.eye(3), 0
        return {"published": (r, t, published), "correct": (self.r, self.t, correct)}, included

    def check(self):
        folder = self.write()
        options = ["--triangles", folder / "triangles.npy"] if self.protocol == "trg" else []
        self.artefacts.tool.run(
            "evaluate", folder / "predictions.jsonl", "--truth", folder / "truth.jsonl",
            "--protocol", self.protocol, "--format", "json", "--output", folder / "report.json",
            "--bootstrap", DRAWS, "--seed", 5, *options, exit_code=2)
        report = json.loads((folder / "report.json").read_text())
        variants, included = self.variants()
        # A face is scored where its image has a prediction; some of these lack one variant or both.
        scored = included & (self.state != "alone")
        yaw = np.abs(self.angles[:, 0])
        groups = [scored] + [scored & (yaw >= low) & (yaw < high) for low, high in BINS]
        groups = [group for group in groups if group.any()]
        expect_same("groups", [int(group.sum()) for group in groups],
                    [group["count"] for group in report["groups"]])
        worst = 0.0
        for group, found in zip(groups, report["groups"], strict=True):
            worst = max(worst, self.compare(group, found, variants))
        self.counts(report["counts"], variants, included)
        return (f"{len(groups)} groups of {int(scored.sum())} faces, {len(report['groups'][0]['metrics'])}"
                f" metrics, intervals included, within {worst:.1e}")

    def compare(self, group, found, variants):
        worst = 0.0
        columns = {}
        for variant, (r, t, faces) in variants.items():
            values = pose_metrics.metrics(
                self.protocol, variant, r, t, self.truth_r, self.truth_t,
                (self.meshes.astype(float) @ F), (self.predicted.astype(float) @ F), TRIANGLES,
                self.angles, self.fitted_t)
            for name, numbers in values.items():
                # A stray, like an unposed face, brings no mesh; the latter is scored by PerspNet alone.
                lacks_mesh = name.startswith(("recon", "face_size"))
                usable = faces & ~(lacks_mesh & np.isin(self.state, ["missed", "unposed"]))
                columns[name, variant] = np.where(usable, numbers, np.nan)[group]
        draws = resampled(int(group.sum()))
        names = {(m["name"], v) for m in found["metrics"] for v in variants if m[v]}
        expect(names == set(columns), f"metrics {sorted(columns)}", sorted(names))
        for metric in found["metrics"]:
            for variant in variants:
                values = columns.get((metric["name"], variant))
                if values is None:
                    continue
                label = f"{found['name']}: {metric['name']}, {variant}"
                present = values[~np.isnan(values)]
                expected = [pose_metrics.summary(metric["name"], present)]
                drawn = [pose_metrics.summary(metric["name"], column[~np.isnan(column)])
                         for column in values[draws]]
                expected += np.percentile(drawn, [2.5, 97.5]).tolist()
                expect_same(f"{label}, count", len(present), metric[variant]["count"])
                numbers = [metric[variant]["value"], *metric[variant]["interval"]]
                for left, right in zip(expected, numbers, strict=True):
                    expect_close(label, left, right, 1e-9)
                    worst = max(worst, abs(left - right))
        return worst

    def counts(self, found, variants, included):
        for name, expected in {
            "images": COUNT, "faces": COUNT, "excluded": (~included & (self.state != "alone")).sum(),
            "unpaired": (self.state == "alone").sum(),
            "scored_published": variants["published"][2].sum(),
            "scored_correct": variants["correct"][2].sum(),
            "undetected": (included & (self.state == "missed")).sum(),
        }.items():
            expect_same(f"counts.{name}", int(expected), found[name])


def array(numbers):
    """An array as records have it."""
    return {"dtype": numbers.dtype.str, "shape": list(numbers.shape),
            "data": base64.b64encode(numbers.tobytes()).decode()}


def resampled(count):
    """DRAWS rows of `count` places, by SplitMix64 and the upper half of its product with the count."""
    state, mask = 5, (1 << 64) - 1
    rows = np.zeros((DRAWS, count), dtype=int)
    for row in rows:
        for place in range(count):
            state = (state + 0x9E3779B97F4A7C15) & mask
            z = state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            row[place] = ((z ^ (z >> 31)) * count) >> 64
    return rows
