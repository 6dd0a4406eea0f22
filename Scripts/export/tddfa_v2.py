#!/usr/bin/env python3
"""3DDFA_V2's checkpoint to ONNX and a manifest for `sixdof infer --model`.

usage: tddfa_v2.py CLONE OUTPUT.json [--config configs/mb1_120x120.yml]

CLONE is a clone of cleardusk/3DDFA_V2, whose code loads the checkpoint; it needs PyTorch, PyYAML and the
onnx package, and nothing that has to be compiled. OUTPUT.onnx is written beside the manifest.
"""

import importlib
import pickle
import sys

import manifest


def main():
    parser = manifest.parser(__doc__, "clone", "output")
    parser.add_argument("--config", default="configs/mb1_120x120.yml", help="relative to the clone")
    options, model = manifest.parsed(parser)
    config = read_config(options.clone / options.config)
    side = config.get("size", 120)
    export(options.clone, config, side, model)
    mean, std = whitening(options.clone, side)
    manifest.write(
        options.output, "3ddfa-v2", model,
        {"size": [side, side], "channels": "bgr", "mean": [127.5] * 3, "scale": [1 / 128] * 3},
        {"parameters": "output"}, {"mean": [float(x) for x in mean], "std": [float(x) for x in std]})


def read_config(path):
    import yaml
    return yaml.safe_load(path.read_text())


def export(clone, config, side, model):
    import torch
    sys.path.insert(0, str(clone))
    network = getattr(importlib.import_module("models"), config["arch"])(
        num_classes=config.get("num_params", 62), widen_factor=config.get("widen_factor", 1), size=side,
        mode=config.get("mode", "small"))
    state = torch.load(clone / config["checkpoint_fp"], map_location="cpu")["state_dict"]
    # Written by several GPUs, and by a network whose last layer has another name.
    state = {key.removeprefix("module.").replace("fc_param.", "fc."): value for key, value in state.items()}
    # The checkpoint has a head for landmarks that the network lacks; the other way round is a fault.
    missing, _ = network.load_state_dict(state, strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing:
        manifest.stop(f"the checkpoint lacks {', '.join(missing)}")
    manifest.export_onnx(network, (torch.zeros(1, 3, side, side),), model, input_names=["input"],
                         output_names=["output"], opset_version=13)


def whitening(clone, side):
    with open(clone / f"configs/param_mean_std_62d_{side}x{side}.pkl", "rb") as file:
        numbers = pickle.load(file)
    return numbers["mean"], numbers["std"]


if __name__ == "__main__":
    main()
