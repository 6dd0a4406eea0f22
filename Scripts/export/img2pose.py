#!/usr/bin/env python3
"""img2pose's checkpoint to ONNX and a manifest for `sixdof infer --model`.

usage: img2pose.py CLONE CHECKPOINT.pth MEAN.npy STDDEV.npy OUTPUT.json [--depth 18] [--size 1400 600]

CLONE is a clone of vitoralbiero/img2pose, whose code loads the checkpoint; MEAN and STDDEV are those of its
training set (models/WIDER_train_pose_mean_v1.npy, ..._stddev_v1.npy). It needs PyTorch, torchvision and the onnx
package, and what the clone imports (OpenCV, SciPy, Pillow). OUTPUT.onnx is written beside the manifest.

The graph takes an image that is already scaled and normalised (1 x 3 x height x width, any size). In it are the
padding to multiples of 32, the backbone, the proposals with their suppression, both heads and the softmax. What its
code does after that, from `postprocess_detections` on, is sixdof's.
"""

import inspect
import sys

import manifest


def main():
    parser = manifest.parser(__doc__, "clone", "checkpoint", "mean", "stddev", "output")
    parser.add_argument("--depth", type=int, default=18)
    parser.add_argument("--size", type=int, nargs=2, default=[1400, 600], metavar=("MAX", "MIN"),
                        help="max_size and min_size of its code: the rectangle that images are scaled to")
    options, model = manifest.parsed(parser)
    export(network(options), model)
    import numpy as np
    manifest.write(
        options.output, "img2pose", model,
        {"size": options.size, **manifest.IMAGENET},
        {"proposals": "proposals", "scores": "scores", "dofs": "dofs"},
        {"mean": np.load(options.mean).tolist(), "stddev": np.load(options.stddev).tolist()})


def network(options):
    """The Faster R-CNN with its weights; built without the clone's img2pose.py, which would fetch others."""
    import torch
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
    sys.path.insert(0, str(options.clone))
    from models import FasterDoFRCNN
    is_new = "weights" in inspect.signature(resnet_fpn_backbone).parameters
    backbone = resnet_fpn_backbone(
        backbone_name=f"resnet{options.depth}", **({"weights": None} if is_new else {"pretrained": False}))
    model = FasterDoFRCNN(backbone, 2)
    state = torch.load(options.checkpoint, map_location="cpu")["fpn_model"]
    # Written by several GPUs.
    model.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return model.eval()


def export(network, path):
    import torch
    from torch.nn import functional
    from torchvision.models.detection.image_list import ImageList

    class Graph(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, image):
            # As tensors, so that the graph follows the image's size.
            height, width = torch._shape_as_tensor(image)[-2:].unbind()
            padded = functional.pad(image, (0, (-image.shape[3]) % 32, 0, (-image.shape[2]) % 32))
            features, heads = self.network.backbone(padded), self.network.roi_heads
            sizes = [(height, width)]
            proposals, _ = self.network.rpn(ImageList(padded, sizes), features)
            pooled = heads.box_roi_pool(features, proposals, sizes)
            dofs = heads.box_predictor(heads.box_head(pooled))
            pooled = heads.class_roi_pool(features, proposals, sizes)
            classes = heads.class_predictor(heads.class_head(pooled))
            # Background comes first in both.
            return proposals[0], functional.softmax(classes, -1)[:, 1], dofs[:, 6:]

    manifest.export_onnx(
        Graph(), (torch.zeros(1, 3, 608, 800),), path, input_names=["image"],
        output_names=["proposals", "scores", "dofs"], opset_version=13,
        dynamic_axes={"image": {2: "height", 3: "width"}, "proposals": {0: "faces"}, "scores": {0: "faces"},
                      "dofs": {0: "faces"}})


if __name__ == "__main__":
    main()
