#!/usr/bin/env python3
"""A manifest for `sixdof infer --model` and an alignment network of Dense-Head-Pose-Estimation.

usage: dense_head_pose.py MODEL.tflite OUTPUT.json [--indices FILE]

MODEL is 1996scarlet's weights/sparse_face.tflite or weights/dense_face.tflite; nothing is converted. Of the dense
network's points FILE says which are the 68 landmarks: 0-based numbers in a text file. Needs the tflite package.
"""

from pathlib import Path

import manifest

SIDE = 120


def main():
    parser = manifest.parser(__doc__, "model", "output")
    parser.add_argument("--indices", type=Path)
    options = parser.parse_args()
    found = manifest.tflite_outputs(options.model)
    # By its code the camera comes first, and then the points.
    if len(found) != 2 or len(found[0][1]) != 3 or found[0][1][1] != 3:
        manifest.stop(f"expected a camera of three rows and points, found {found}")
    (camera, _), (points, shape) = found
    numbers = {}
    if options.indices:
        numbers["indices"] = [int(word) for word in options.indices.read_text().split()]
    elif shape[1] != 68:
        manifest.stop(f"expected 68 points, found {shape[1]}; say by --indices which are the landmarks")
    manifest.write(
        options.output, "dense-head-pose", options.model,
        {"size": [SIDE, SIDE], "channels": "rgb", "layout": "nchw", "range": [-1, 1]},
        {"camera": camera, "landmarks": points}, numbers)


if __name__ == "__main__":
    main()
