#!/usr/bin/env python3
"""PerspNet's checkpoint to ONNX, its tables and a manifest for `sixdof infer --model`.

usage: perspnet.py CLONE CHECKPOINT OUTPUT.json [--points 1024]

CLONE is a clone of cbsropenproject/6dof_face, whose code makes the network; CHECKPOINT is its
`<epoch>_net_R.pth`. It needs PyTorch 2.5 or newer and the onnx package, and no GPU. OUTPUT.onnx and two
tables, OUTPUT_uv.npy and OUTPUT_landmarks.npy, are written beside the manifest.

The graph takes `image` (1, 3, 192, 192), RGB normalised as ImageNet's, and `choose` (1, points), 64-bit numbers
of pixels, row * 192 + column. It gives `uv` (1, 3, 192, 192), the map of 9 times the vertices in metres;
`segmentation` (1, 2, 192, 192), scores of no face and of face; and `correspondence` (1, points, 1220), scores of
the vertices for each chosen pixel, before the softmax. What the test does with them is the adapter's to do.
"""

import argparse
import hashlib
import json
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

SIDE, VERTICES = 192, 1220
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--points", type=int, default=1024, help="how many pixels are chosen, as in training")
    options = parser.parse_args()
    if options.output.suffix != ".json":
        parser.error("the output must end in .json")
    model = options.output.with_suffix(".onnx")
    tables = {}
    for name, source in (("uv", "uv_coords_std_202109.npy"), ("landmarks", "kpt_ind.npy")):
        tables[name] = options.output.with_name(f"{options.output.stem}_{name}.npy")
        shutil.copyfile(options.clone / "npy" / source, tables[name])
    export(options, tables["uv"], model)
    options.output.write_text(json.dumps(manifest(model, tables, options.points)) + "\n")


def export(options, uv, model):
    import numpy as np
    import torch
    network = loaded(options.clone, options.checkpoint, np.load(uv)[:VERTICES] * 2 - 1)

    class Ordered(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, image, choose):
            correspondence, segmentation, uv_map = self.network(image, choose)
            return uv_map, segmentation, correspondence

    inputs = (torch.zeros(1, 3, SIDE, SIDE), torch.zeros(1, options.points, dtype=torch.long))
    # grid_sample is an operator of ONNX since 16.
    torch.onnx.export(Ordered().eval(), inputs, str(model), input_names=["image", "choose"],
                      output_names=["uv", "segmentation", "correspondence"], opset_version=16, dynamo=False)


def loaded(clone, checkpoint, grid):
    import torch
    sys.path.insert(0, str(clone))
    with on_the_processor():
        from models.network import DeformNetUV2
        network = DeformNetUV2(torch.tensor(grid)[None, None])
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return network.eval()


@contextmanager
def on_the_processor():
    """The code puts a table on 'cuda', and starts from ImageNet's weights, which the checkpoint replaces."""
    import torch
    from torch.utils import model_zoo
    move, fetch, load = torch.Tensor.to, model_zoo.load_url, torch.nn.Module.load_state_dict

    def to(tensor, *arguments, device=None, **others):
        return move(tensor, *arguments, **others) if arguments or others else tensor

    torch.Tensor.to, model_zoo.load_url = to, lambda *_, **__: None
    torch.nn.Module.load_state_dict = lambda *_, **__: None
    try:
        yield
    finally:
        torch.Tensor.to, model_zoo.load_url, torch.nn.Module.load_state_dict = move, fetch, load


def known(path):
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def manifest(model, tables, points):
    return {
        "adapter": "perspnet",
        "model": known(model),
        "input": {"size": [SIDE, SIDE], "channels": "rgb", "mean": [255 * mean for mean in MEAN],
                  "scale": [1 / (255 * std) for std in STD]},
        "inputs": {"image": "image", "choose": "choose"},
        "outputs": {"uv": "uv", "segmentation": "segmentation", "correspondence": "correspondence"},
        "numbers": {"points": [points]},
        "tables": {name: known(path) for name, path in tables.items()},
    }


if __name__ == "__main__":
    main()
