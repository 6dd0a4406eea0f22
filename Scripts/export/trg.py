#!/usr/bin/env python3
"""TRG's checkpoint to ONNX and a manifest for `sixdof infer --model`.

usage: trg.py CLONE CHECKPOINT OUTPUT.json

CLONE is a clone of asw91666/TRG-Release, whose code makes the network and has its tables; CHECKPOINT is the
`state_dict.bin` of a `checkpoint-30`. It needs PyTorch 2.5 or newer, yacs, packaging, SciPy, the onnx package, and
torchgeometry as docs/install.md of the clone changes it; no GPU. OUTPUT.onnx is written beside the manifest.

The graph takes `image` (1, 3, 192, 192), RGB normalised as ImageNet's; `camera` (1, 4, 3), the crop's, for row
vectors; and `box` (1, 7): left, top, right, bottom, focal length, height and width of the image. All three rounds
of the regression are in it. It gives `pose` (1, 9), the last round's rot6d and (s, tau_x, tau_y); `vertices`
(1, 1220, 3), metres in OpenCV's axes; and `landmarks` (1, 68, 2), those of the head beside, the crop from -1 to 1.
The translation that the network works out too is left out: the adapter does, with the camera's own centre.
"""

import os
import sys
from contextlib import contextmanager

import manifest

SIDE = 192


def main():
    options, model = manifest.parsed(manifest.parser(__doc__, "clone", "checkpoint", "output"))
    export(options.clone, options.checkpoint.resolve(), model.resolve())
    manifest.write(
        options.output, "trg", model, {"size": [SIDE, SIDE], **manifest.IMAGENET},
        {"pose": "pose", "vertices": "vertices", "landmarks": "landmarks"},
        inputs={"image": "image", "camera": "camera", "box": "box"})


def export(clone, checkpoint, model):
    import torch
    network = loaded(clone, checkpoint)

    class LastRound(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, image, camera, box):
            rounds, _ = self.network(image, camera, box)
            last = rounds["output"][-1]
            return last["pred_pose"], last["pred_face_world"], rounds["pred_lmk68"][-1]

    camera = torch.tensor([[[800.0, 0, 0], [0, 800, 0], [96, 96, 1], [0, 0, 0]]])
    box = torch.tensor([[300.0, 300, 500, 500, 800, 800, 800]])
    # grid_sample is an operator of ONNX since 16.
    manifest.export_onnx(LastRound(), (torch.zeros(1, 3, SIDE, SIDE), camera, box), model,
                         input_names=["image", "camera", "box"], output_names=["pose", "vertices", "landmarks"],
                         opset_version=16)


def loaded(clone, checkpoint):
    import torch
    with inside(clone), without_downloads():
        from models.trg_model import load_trg
        from models.trg_model.core.cfgs import parse_args
        from util.pkl import read_pkl
        start = read_pkl("data/init_vtx_cam.pkl")
        network = load_trg(parse_args("models/trg_model/configs/trg_face_config.yaml"), start["t_vtx_1220"],
                           start["R_t"])
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return network.eval()


@contextmanager
def inside(clone):
    """The code reads its tables relative to the folder it is run in."""
    before = os.getcwd()
    sys.path.insert(0, str(clone.resolve()))
    os.chdir(clone)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def without_downloads():
    """The code starts from ImageNet's weights, which the checkpoint replaces."""
    from torch.utils import model_zoo
    fetch, model_zoo.load_url = model_zoo.load_url, lambda *_, **__: {}
    try:
        yield
    finally:
        model_zoo.load_url = fetch


if __name__ == "__main__":
    main()
