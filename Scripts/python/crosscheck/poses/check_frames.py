"""--frame-of by NumPy: poses of BIWI's, ARKit's and the mean face's frame, brought to one."""

import numpy as np
from scipy.spatial.transform import Rotation

from .report import expect, expect_same
from .tool import read_json_lines

# FORMATS §11.9: ARKit's origin in BIWI's frame (PerspNet), and in the mean face's (a fit of 68 points).
ARKIT_IN_BIWI = np.array([0, -0.010, 0.021])
ARKIT_IN_BFM = np.array([-0.001, -0.016, 0.002])
# Points of one head: what is at the origin of each frame, in ARKit's.
ORIGINS = {"arkit": np.zeros(3), "biwi-head": -ARKIT_IN_BIWI, "bfm": -ARKIT_IN_BFM}
SETS = {"biwi": "", "arkitface": "trg", "300w-lp": ""}


def checks(artefacts):
    for frame in ORIGINS:
        yield f"frames: all poses brought to {frame}", lambda frame=frame: brought(artefacts, frame)
    yield "frames: a mixture is not pooled", lambda: refused(artefacts)


def mixture(artefacts):
    path = artefacts.work / "frames.jsonl"
    if path.exists():
        return path
    parts = []
    for name, below in SETS.items():
        folder, part = artefacts.work / f"frames-{name}", artefacts.work / f"frames-{name}.jsonl"
        artefacts.tool.run("synth", name, "--count", 20, "--seed", 5, "--size", "128x128",
                           "--output", folder)
        artefacts.tool.run("convert", name, "--input", folder / below, "--native", "none",
                           "--output", part)
        parts.append(part)
    artefacts.tool.run("merge", *parts, "--output", path)
    return path


def faces(path):
    return [face for record in read_json_lines(path) for face in record["faces"] if face.get("pose")]


def brought(artefacts, frame):
    source, output = mixture(artefacts), artefacts.work / f"frames-{frame}.jsonl"
    artefacts.tool.run("label", source, "--frame-of", frame, "--output", output)
    before, after = faces(source), faces(output)
    expect(len(before) == len(after) > 0, "as many poses", (len(before), len(after)))
    expect_same("frames before", sorted(ORIGINS), sorted({face["pose"]["frame"] for face in before}))
    for old, new in zip(before, after):
        old, new = old["pose"], new["pose"]
        expect_same("the frame", frame, new["frame"])
        expect_same("the rotation", old["rotation_vector"], new["rotation_vector"])
        # The point of the head that is the new origin, in the camera, by the old pose.
        point = ORIGINS[frame] - ORIGINS[old["frame"]]
        place = Rotation.from_rotvec(old["rotation_vector"]).apply(point) + old["translation"]
        error = np.abs(place - new["translation"]).max()
        expect(error < 1e-12, f"{old['frame']} to {frame} within 1e-12 m", error)
    return f"{len(after)} poses"


def refused(artefacts):
    lines = artefacts.tool.refusal("stats", mixture(artefacts), "--output",
                                   artefacts.work / "frames-stats")
    expect(any("expected one object frame" in line for line in lines), "a refusal", lines)
    return lines[-1]
