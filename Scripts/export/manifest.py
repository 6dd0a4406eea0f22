"""What the scripts beside this one share: their arguments, and the manifest of a network for `sixdof infer`."""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
IMAGENET = {"channels": "rgb", "mean": [255 * mean for mean in MEAN], "scale": [1 / (255 * std) for std in STD]}


def parser(words, *paths):
    """A parser of a script's arguments, of which `paths` are files or folders, in this order; `words` is its __doc__."""
    made = argparse.ArgumentParser(description=words.splitlines()[0])
    for name in paths:
        made.add_argument(name, type=Path)
    return made


def parsed(parser):
    """The arguments, and the ONNX file that is made beside OUTPUT.json."""
    options = parser.parse_args()
    if options.output.suffix != ".json":
        parser.error("the output must end in .json")
    return options, options.output.with_suffix(".onnx")


def write(path, adapter, model, input, outputs, numbers=None, inputs=None, tables=None):
    """Writes `path`, which names `model` and `tables` relative to its own folder."""

    def known(file):
        return {"file": os.path.relpath(file, path.parent), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}

    members = {
        "adapter": adapter, "model": known(model), "input": input, "inputs": inputs, "outputs": outputs,
        "numbers": numbers, "tables": tables and {name: known(file) for name, file in tables.items()},
    }
    path.write_text(json.dumps({name: value for name, value in members.items() if value is not None}) + "\n")


def export_onnx(network, inputs, path, **options):
    """Writes a PyTorch network as one ONNX file, by the exporter that needs no other package than onnx.

    PyTorch's newer exporter, its default since 2.9, needs onnxscript, and puts the weights into a second file that the
    manifest's SHA-256 would not cover.
    """
    import inspect
    import torch
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    data = path.with_name(path.name + ".data")
    data.unlink(missing_ok=True)
    torch.onnx.export(network.eval(), inputs, str(path), **options)
    if data.exists():
        stop(f"{path.name}: expected one file, found its weights in {data.name}")


def tflite_outputs(path):
    """Names and shapes of a TensorFlow Lite model's outputs, in its order; needs the package tflite."""
    import tflite
    graph = tflite.Model.GetRootAsModel(path.read_bytes(), 0).Subgraphs(0)
    tensors = [graph.Tensors(graph.Outputs(i)) for i in range(graph.OutputsLength())]
    return [(tensor.Name().decode(), [int(size) for size in tensor.ShapeAsNumpy()]) for tensor in tensors]


def stop(words):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {words}")
