"""The manifest of a network that is published as ONNX or TensorFlow Lite, for `sixdof infer`."""

import hashlib
import json
import os
import sys


def write(path, adapter, model, input, outputs, numbers):
    """Writes `path`, which names `model` relative to its own folder."""
    path.write_text(json.dumps({
        "adapter": adapter,
        "model": {
            "file": os.path.relpath(model, path.parent),
            "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        },
        "input": input,
        "outputs": outputs,
        "numbers": numbers,
    }) + "\n")


def tflite_outputs(path):
    """Names and shapes of a TensorFlow Lite model's outputs, in its order; needs the package tflite."""
    import tflite
    graph = tflite.Model.GetRootAsModel(path.read_bytes(), 0).Subgraphs(0)
    tensors = [graph.Tensors(graph.Outputs(i)) for i in range(graph.OutputsLength())]
    return [(tensor.Name().decode(), [int(size) for size in tensor.ShapeAsNumpy()]) for tensor in tensors]


def stop(words):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {words}")
