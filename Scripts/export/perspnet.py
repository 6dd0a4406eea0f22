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

import shutil
import sys
from contextlib import contextmanager

import manifest

SIDE, VERTICES = 192, 1220


def main():
    parser = manifest.parser(__doc__, "clone", "checkpoint", "output")
    parser.add_argument("--points", type=int, default=1024, help="how many pixels are chosen, as in training")
    options, model = manifest.parsed(parser)
    tables = {}
    for name, source in (("uv", "uv_coords_std_202109.npy"), ("landmarks", "kpt_ind.npy")):
        tables[name] = options.output.with_name(f"{options.output.stem}_{name}.npy")
        shutil.copyfile(options.clone / "npy" / source, tables[name])
    export(options, tables["uv"], model)
    manifest.write(
        options.output, "perspnet", model, {"size": [SIDE, SIDE], **manifest.IMAGENET},
        {"uv": "uv", "segmentation": "segmentation", "correspondence": "correspondence"},
        {"points": [options.points]}, inputs={"image": "image", "choose": "choose"}, tables=tables)


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
    manifest.export_onnx(Ordered(), inputs, model, input_names=["image", "choose"],
                         output_names=["uv", "segmentation", "correspondence"], opset_version=16)


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


if __name__ == "__main__":
    main()
