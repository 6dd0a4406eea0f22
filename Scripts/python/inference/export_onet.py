"""MTCNN's O-Net from facenet_pytorch's weights to ONNX, with the standard library alone.

usage: python -m inference.export_onet onet.pt mtcnn-onet.onnx

The layers are those of Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded
Convolutional Networks", 2016, in facenet_pytorch's order: input [faces, 3, 48, 48] of (RGB - 127.5) / 128;
outputs `box` [faces, 4], corrections of the box in its own sizes; `landmarks` [faces, 10], five x and five
y in the box's sizes; `face` [faces, 2], the probabilities of no face and of one.
"""

import sys

from . import onnx_bytes, torch_weights

#: Convolution and its pooling (kernel, stride), if any; all pool with rounding up.
CONVOLUTIONS = [("1", (3, 2)), ("2", (3, 2)), ("3", (2, 2)), ("4", None)]
HEADS = [("dense6_1", "probabilities"), ("dense6_2", "box"), ("dense6_3", "landmarks")]


def model(weights):
    """The ONNX file's bytes."""
    nodes, initializers = [], []

    def constants(*names):
        for name in names:
            shape = weights[name].shape
            # A slope a channel; over images it must stand before height and width.
            if name.startswith("prelu") and not name.startswith("prelu5"):
                shape = (*shape, 1, 1)
            initializers.append(onnx_bytes.initializer(name, shape, weights[name].data))
        return list(names)

    def add(operator, inputs, output, **attributes):
        nodes.append(onnx_bytes.node(operator, inputs, [output], **attributes))
        return output

    x = "crops"
    for number, pool in CONVOLUTIONS:
        x = add("Conv", [x, *constants(f"conv{number}.weight", f"conv{number}.bias")], f"convolved{number}",
                kernel_shape=list(weights[f"conv{number}.weight"].shape[2:]))
        x = add("PRelu", [x, *constants(f"prelu{number}.weight")], f"activated{number}")
        if pool:
            x = add("MaxPool", [x], f"pooled{number}", kernel_shape=[pool[0]] * 2, strides=[pool[1]] * 2,
                    ceil_mode=1)
    # The dense layer was trained on columns before rows, as its first form in MATLAB had them.
    x = add("Transpose", [x], "columns", perm=[0, 3, 2, 1])
    x = add("Flatten", [x], "flat", axis=1)
    x = add("Gemm", [x, *constants("dense5.weight", "dense5.bias")], "dense5", transB=1)
    x = add("PRelu", [x, *constants("prelu5.weight")], "activated5")
    for layer, output in HEADS:
        add("Gemm", [x, *constants(f"{layer}.weight", f"{layer}.bias")], output, transB=1)
    add("Softmax", ["probabilities"], "face", axis=1)
    return onnx_bytes.model(
        "mtcnn-onet", nodes, initializers, [onnx_bytes.value("crops", ["faces", 3, 48, 48])],
        [onnx_bytes.value("box", ["faces", 4]), onnx_bytes.value("landmarks", ["faces", 10]),
         onnx_bytes.value("face", ["faces", 2])],
        "SixDoF export_onet")


def main():
    source, target = sys.argv[1:]
    with open(target, "wb") as file:
        file.write(model(torch_weights.weights(source)))


if __name__ == "__main__":
    main()
