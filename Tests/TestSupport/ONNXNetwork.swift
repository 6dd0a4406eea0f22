/// A small network as the bytes of an ONNX file, for tests of what runs networks.
public struct ONNXNetwork: Sendable {
  public struct Node: Sendable {
    var operation: String
    var inputs: [String]
    var output: String
    var attributes: [(name: String, values: [Int])]

    /// - Parameter attributes: lists of whole numbers, which is what tests need.
    public init(
      _ operation: String, _ inputs: [String], _ output: String,
      attributes: [(name: String, values: [Int])] = []
    ) {
      self.operation = operation
      self.inputs = inputs
      self.output = output
      self.attributes = attributes
    }
  }

  /// Sizes of an input or output; nil where one varies.
  public typealias Shape = [Int?]

  public var inputs: [(name: String, shape: Shape)]
  public var outputs: [(name: String, shape: Shape)]
  public var nodes: [Node]
  public var constants: [(name: String, shape: [Int], values: [Float])]
  /// Inputs of 64-bit integers; the others are of 32-bit floats.
  public var integerInputs: Set<String>

  public init(
    inputs: [(name: String, shape: Shape)], outputs: [(name: String, shape: Shape)],
    nodes: [Node], constants: [(name: String, shape: [Int], values: [Float])] = [],
    integerInputs: Set<String> = []
  ) {
    self.integerInputs = integerInputs
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.constants = constants
  }

  public var bytes: [UInt8] {
    var graph = Message()
    for node in nodes { graph.add(1, Self.encoded(node)) }
    graph.add(2, "network")
    for constant in constants {
      var tensor = Message()
      for size in constant.shape { tensor.add(1, size) }
      tensor.add(2, 1)
      tensor.add(8, constant.name)
      tensor.add(
        9, constant.values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
      graph.add(5, tensor.bytes)
    }
    for input in inputs {
      graph.add(
        11,
        Self.encoded(input.name, input.shape, type: integerInputs.contains(input.name) ? 7 : 1))
    }
    for output in outputs { graph.add(12, Self.encoded(output.name, output.shape)) }
    var operators = Message()
    operators.add(1, "")
    operators.add(2, 13)
    var model = Message()
    model.add(1, 7)
    model.add(7, graph.bytes)
    model.add(8, operators.bytes)
    return model.bytes
  }

  private static func encoded(_ node: Node) -> [UInt8] {
    var message = Message()
    for input in node.inputs { message.add(1, input) }
    message.add(2, node.output)
    message.add(4, node.operation)
    for (name, values) in node.attributes {
      var attribute = Message()
      attribute.add(1, name)
      for value in values { attribute.add(8, value) }
      attribute.add(20, 7)
      message.add(5, attribute.bytes)
    }
    return message.bytes
  }

  /// - Parameter type: 1 for 32-bit floats, 7 for 64-bit integers.
  private static func encoded(_ name: String, _ shape: Shape, type element: Int = 1) -> [UInt8] {
    var sizes = Message()
    for size in shape {
      var dimension = Message()
      if let size { dimension.add(1, size) } else { dimension.add(2, "varies") }
      sizes.add(1, dimension.bytes)
    }
    var (tensor, type, value) = (Message(), Message(), Message())
    tensor.add(1, element)
    tensor.add(2, sizes.bytes)
    type.add(1, tensor.bytes)
    value.add(1, name)
    value.add(2, type.bytes)
    return value.bytes
  }
}

/// A protocol buffer under construction.
private struct Message {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, _ number: Int) {
    append(UInt64(field << 3))
    append(UInt64(bitPattern: Int64(number)))
  }

  mutating func add(_ field: Int, _ content: [UInt8]) {
    append(UInt64(field << 3 | 2))
    append(UInt64(content.count))
    bytes += content
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
