"""Small networks with random weights, as ONNX, as TensorFlow Lite and in numpy: means of squares, then sums of them.

Each output is rows x columns: for every row its own matrix times the means, and a bias.
"""

import hashlib
import json

import flatbuffers
import numpy as np
import tflite

from inference import onnx_bytes


class Output:
    def __init__(self, random, name, shape, means, spread, bias, ending=()):
        """`shape` is rows x columns; `ending` the ONNX operations after the sums, which are rows x 1 x columns."""
        self.name, self.shape, self.ending = name, shape, ending
        rows, columns = shape
        self.weights = random.uniform(-spread, spread, (rows, means, columns)).astype("<f4")
        self.bias = np.asarray(bias, dtype="<f4").reshape(rows, 1, columns)

    def sums(self, means):
        return (means[None] @ self.weights.astype(float) + self.bias)[:, 0, :]


BATCHED = ("Transpose", {"perm": [1, 0, 2]})


class SmallNetwork:
    """The manifest's adapter and input with outputs; `square` is the side of what is averaged, None for all."""

    def __init__(self, adapter, input, outputs, numbers, square):
        self.adapter, self.input, self.outputs, self.numbers, self.square = adapter, input, outputs, numbers, square

    @property
    def is_last(self):
        return self.input.get("layout") == "nhwc"

    def planes(self, pixels):
        """What the network is given of RGB pixels of its size, channels first."""
        planes = pixels.astype(float).transpose(2, 0, 1)
        if self.input["channels"] == "bgr":
            planes = planes[::-1]
        if "range" in self.input:
            low, high = self.input["range"]
            return (planes - planes.min()) / (planes.max() - planes.min()) * (high - low) + low
        column = [np.reshape(self.input[key], (3, 1, 1)) for key in ("mean", "scale")]
        return (planes - column[0]) * column[1]

    def means(self, pixels):
        planes = self.planes(pixels)
        if self.square is None:
            return planes.mean(axis=(1, 2))
        rows, columns = (side // self.square for side in planes.shape[1:])
        means = planes.reshape(3, rows, self.square, columns, self.square).mean(axis=(2, 4))
        return (means.transpose(1, 2, 0) if self.is_last else means).ravel()

    def onnx(self):
        width, height = self.input["size"]
        pool = {"kernel_shape": 2 * [self.square], "strides": 2 * [self.square]}
        nodes = [onnx_bytes.node("AveragePool", ["input"], ["squares"], **pool) if self.square
                 else onnx_bytes.node("GlobalAveragePool", ["input"], ["squares"]),
                 onnx_bytes.node("Flatten", ["squares"], ["means"])]
        constants, results = [], []
        for output in self.outputs:
            parts = {"weights": output.weights, "bias": output.bias}
            for key, array in parts.items():
                constants.append(onnx_bytes.initializer(f"{output.name}.{key}", array.shape, array.tobytes()))
            steps = [("MatMul", ["means", f"{output.name}.weights"], {}),
                     ("Add", [f"{output.name}.0", f"{output.name}.bias"], {})]
            steps += [(operator, [f"{output.name}.{i + 1}"], options)
                      for i, (operator, options) in enumerate(output.ending)]
            for i, (operator, inputs, options) in enumerate(steps):
                name = output.name if i == len(steps) - 1 else f"{output.name}.{i}"
                nodes.append(onnx_bytes.node(operator, inputs, [name], **options))
            results.append(onnx_bytes.value(output.name, self.shape_in_onnx(output)))
        shape = (1, 3, height, width) if self.square else (1, 3, "height", "width")
        return onnx_bytes.model(
            "small", nodes, constants, [onnx_bytes.value("input", shape)], results, "sixdof")

    @staticmethod
    def shape_in_onnx(output):
        last = output.ending[-1][0]
        return {"Transpose": (1, *output.shape), "Flatten": output.shape, "Squeeze": output.shape[:1]}[last]

    def tflite(self):
        """AVERAGE_POOL_2D, RESHAPE and for each output FULLY_CONNECTED and RESHAPE."""
        width, height = self.input["size"]
        model = TFLiteModel()
        squares = (1, height // self.square, width // self.square, 3)
        count = int(np.prod(squares))
        source = model.tensor("input", (1, height, width, 3))
        pooled, means = model.tensor("squares", squares), model.tensor("means", (1, count))
        model.operation("AVERAGE_POOL_2D", [source], [pooled], pool=self.square)
        model.operation("RESHAPE", [pooled, model.constant(np.int32([1, count]))], [means], shape=(1, count))
        results = []
        for output in self.outputs:
            total = int(np.prod(output.shape))
            matrix = output.weights.transpose(0, 2, 1).reshape(total, count)
            sums = model.tensor(f"{output.name}_sums", (1, total))
            result = model.tensor(output.name, (1, *output.shape))
            model.operation("FULLY_CONNECTED", [
                means, model.constant(matrix), model.constant(output.bias.reshape(total))], [sums])
            model.operation("RESHAPE", [sums, model.constant(np.int32([1, *output.shape]))], [result],
                            shape=(1, *output.shape))
            results.append(result)
        return model.bytes([source], results)

    def write(self, folder, kind="onnx", content=None):
        """The manifest's path; `content` in place of the network's own bytes."""
        folder.mkdir(exist_ok=True)
        content = getattr(self, kind)() if content is None else content
        model = folder / f"small.{kind}"
        model.write_bytes(content)
        path = folder / f"{kind}.json"
        path.write_text(json.dumps({
            "adapter": self.adapter,
            "model": {"file": model.name, "sha256": hashlib.sha256(content).hexdigest()},
            "input": self.input,
            "outputs": {output.name: output.name for output in self.outputs},
            "numbers": self.numbers,
        }))
        return path


class TFLiteModel:
    """A TensorFlow Lite model of float32 tensors under construction, by the builders of the package tflite."""

    def __init__(self):
        self.builder = flatbuffers.Builder(4096)
        self.tensors, self.buffers, self.operations, self.codes = [], [b""], [], []

    def tensor(self, name, shape, kind=tflite.TensorType.FLOAT32, buffer=0):
        self.tensors.append((name, shape, kind, buffer))
        return len(self.tensors) - 1

    def constant(self, array):
        self.buffers.append(array.tobytes())
        kind = tflite.TensorType.INT32 if array.dtype == np.int32 else tflite.TensorType.FLOAT32
        return self.tensor(f"constant{len(self.buffers)}", array.shape, kind, len(self.buffers) - 1)

    def operation(self, name, inputs, outputs, **options):
        code = getattr(tflite.BuiltinOperator, name)
        if code not in self.codes:
            self.codes.append(code)
        self.operations.append((name, code, inputs, outputs, options))

    def vector(self, numbers, kind=np.int32):
        return self.builder.CreateNumpyVector(np.array(numbers, dtype=kind))

    def offsets(self, offsets):
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return self.builder.EndVector()

    def table(self, name, **members):
        """A table of the schema; members are offsets or plain numbers."""
        module = tflite
        getattr(module, f"{name}Start")(self.builder)
        for key, value in members.items():
            getattr(module, f"{name}Add{key}")(self.builder, value)
        return getattr(module, f"{name}End")(self.builder)

    def options(self, name, options):
        """The operation's own table, and its number in the schema's union."""
        if name == "AVERAGE_POOL_2D":
            side = options["pool"]
            return tflite.BuiltinOptions.Pool2DOptions, self.table(
                "Pool2DOptions", Padding=tflite.Padding.VALID, StrideW=side, StrideH=side, FilterWidth=side,
                FilterHeight=side)
        if name == "RESHAPE":
            shape = self.vector(options["shape"])
            return tflite.BuiltinOptions.ReshapeOptions, self.table("ReshapeOptions", NewShape=shape)
        return tflite.BuiltinOptions.FullyConnectedOptions, self.table("FullyConnectedOptions")

    def bytes(self, inputs, outputs):
        builder = self.builder
        buffers = []
        for content in self.buffers:
            data = self.vector(np.frombuffer(content, np.uint8), np.uint8) if content else None
            buffers.append(self.table("Buffer", **({} if data is None else {"Data": data})))
        tensors = []
        for name, shape, kind, buffer in self.tensors:
            text, sizes = builder.CreateString(name), self.vector(shape)
            tensors.append(self.table("Tensor", Shape=sizes, Type=kind, Buffer=buffer, Name=text))
        operations = []
        for name, code, sources, results, options in self.operations:
            kind, table = self.options(name, options)
            sources, results = self.vector(sources), self.vector(results)
            operations.append(self.table(
                "Operator", OpcodeIndex=self.codes.index(code), Inputs=sources, Outputs=results,
                BuiltinOptionsType=kind, BuiltinOptions=table))
        codes = [self.table("OperatorCode", DeprecatedBuiltinCode=code, BuiltinCode=code, Version=1)
                 for code in self.codes]
        graph = self.table(
            "SubGraph", Tensors=self.offsets(tensors), Inputs=self.vector(inputs), Outputs=self.vector(outputs),
            Operators=self.offsets(operations), Name=builder.CreateString("main"))
        model = self.table(
            "Model", Version=3, OperatorCodes=self.offsets(codes), Subgraphs=self.offsets([graph]),
            Description=builder.CreateString("small"), Buffers=self.offsets(buffers))
        builder.Finish(model, b"TFL3")
        return bytes(builder.Output())
