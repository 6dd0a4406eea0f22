"""Writes ONNX models as bytes: just the fields of its protocol buffers that a plain network needs.

The same network gives the same bytes, so that a model can be known by its hash.
"""

import struct

FLOAT, INT64 = 1, 7


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def integer(field, number):
    return varint(field << 3) + varint(number)


def content(field, value):
    if isinstance(value, str):
        value = value.encode()
    return varint(field << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    """AttributeProto of a float, an integer or a list of integers."""
    if isinstance(value, float):
        return content(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + integer(20, 1)
    if isinstance(value, int):
        return content(1, name) + integer(3, value) + integer(20, 2)
    return content(1, name) + b"".join(integer(8, item) for item in value) + integer(20, 7)


def node(operator, inputs, outputs, **attributes):
    """NodeProto; it is named after its first output."""
    return (b"".join(content(1, name) for name in inputs) + b"".join(content(2, name) for name in outputs)
            + content(3, outputs[0]) + content(4, operator)
            + b"".join(content(5, attribute(*item)) for item in sorted(attributes.items())))


def initializer(name, shape, data):
    """TensorProto of float32 numbers in little-endian bytes."""
    return (b"".join(integer(1, size) for size in shape) + integer(2, FLOAT) + content(8, name)
            + content(9, data))


def value(name, shape, element=FLOAT):
    """ValueInfoProto of a tensor; a size that is text varies."""
    sizes = b"".join(
        content(1, content(2, size) if isinstance(size, str) else integer(1, size)) for size in shape)
    return content(1, name) + content(2, content(1, integer(1, element) + content(2, sizes)))


def model(name, nodes, initializers, inputs, outputs, producer, operator_set=13):
    """ModelProto."""
    graph = (b"".join(content(1, item) for item in nodes) + content(2, name)
             + b"".join(content(5, item) for item in initializers)
             + b"".join(content(11, item) for item in inputs)
             + b"".join(content(12, item) for item in outputs))
    return (integer(1, 7) + content(2, producer) + content(7, graph)
            + content(8, content(1, "") + integer(2, operator_set)))
