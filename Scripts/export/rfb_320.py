#!/usr/bin/env python3
"""A manifest for `sixdof infer --detector` and a face detector of Ultra-Light-Fast-Generic-Face-Detector-1MB.

usage: rfb_320.py MODEL OUTPUT.json [--size 320 240] [--locations]

MODEL is one of Linzaer's models/onnx/*.onnx or 1996scarlet's weights/RFB-320.tflite; nothing is converted. The
ONNX files decode their boxes, but those named without_postprocessing, which need --locations. A .tflite file
needs the tflite package, for the names of its outputs.
"""

import manifest

PRIORS = {
    "strides": [8, 16, 32, 64],
    "min_boxes": [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]],
    "variances": [0.1, 0.2],
}


def main():
    parser = manifest.parser(__doc__, "model", "output")
    parser.add_argument("--size", type=int, nargs=2, default=[320, 240], metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--locations", action="store_true", help="the network does not decode its boxes")
    options = parser.parse_args()
    if options.model.suffix == ".tflite":
        # Each image is spread over the range by its own least and greatest value.
        input = {"layout": "nhwc", "range": [-1, 1]}
        names = {shape[-1]: name for name, shape in manifest.tflite_outputs(options.model)}
        if set(names) != {2, 4}:
            manifest.stop(f"expected outputs of 2 and of 4 columns, found {sorted(names)}")
        outputs = {"scores": names[2], "locations": names[4]}
    else:
        input = {"mean": [127, 127, 127], "scale": [1 / 128] * 3}
        outputs = {"scores": "scores", "locations" if options.locations else "boxes": "boxes"}
    numbers = {"overlap": 0.3, **(PRIORS if "locations" in outputs else {})}
    manifest.write(options.output, "rfb-320", options.model, {"size": options.size, "channels": "rgb", **input},
                   outputs, numbers)


if __name__ == "__main__":
    main()
