internal import COpenVINO

/// What is checked of a model before it runs.
extension InferenceSession {
  /// Left alone, OpenVINO computes in bfloat16 on processors that have it, which moves landmarks by up to 4 px.
  static let precision = "f32"

  static func checkPrecision(_ found: String, model: String) throws(InferenceError) {
    guard found == precision else {
      throw InferenceError(
        model: model, detail: "expected OpenVINO to compute in \(precision), found \(found)")
    }
  }

  static func property(
    _ property: String, of compiled: borrowing OpenVINOObject, _ model: String,
    _ runtime: OpenVINO
  ) throws(InferenceError) -> String {
    var value: UnsafeMutablePointer<CChar>?
    try runtime.check(
      model, "get a property",
      runtime.calls.compiled_model_get_property(compiled.pointer, property, &value))
    guard let value else { return "" }
    defer { runtime.calls.free(value) }
    return String(cString: value)
  }

  /// Gives the model's inputs the shapes that the interface asks for.
  static func reshape(
    _ parsed: borrowing OpenVINOObject, to inputs: [ModelInterface.Input], _ model: String,
    _ runtime: OpenVINO
  ) throws(InferenceError) {
    var found = 0
    try runtime.check(
      model, "count inputs", runtime.calls.model_inputs_size(parsed.pointer, &found))
    guard found == inputs.count else {
      let expected = inputs.count == 1 ? "one input" : "\(inputs.count) inputs"
      throw InferenceError(model: model, detail: "expected \(expected), found \(found)")
    }
    for input in inputs { try reshape(parsed, to: input, model, runtime) }
  }

  private static func reshape(
    _ parsed: borrowing OpenVINOObject, to input: ModelInterface.Input, _ model: String,
    _ runtime: OpenVINO
  ) throws(InferenceError) {
    let calls = runtime.calls
    if let name = input.name { try check(input.element, ofInput: name, parsed, model, runtime) }
    var sizes = input.shape.map {
      ov_dimension(least: Int64($0 ?? 1), most: $0.map(Int64.init) ?? -1)
    }
    let rank = Int64(sizes.count)
    let status = sizes.withUnsafeMutableBufferPointer {
      let shape = ov_partial_shape(
        rank: ov_dimension(least: rank, most: rank), sizes: $0.baseAddress)
      return input.name.map { calls.model_reshape_input_by_name(parsed.pointer, $0, shape) }
        ?? calls.model_reshape_single_input(parsed.pointer, shape)
    }
    guard status == 0 else {
      let place = input.name.map { "input '\($0)': " } ?? ""
      throw InferenceError(
        model: model,
        detail: "\(place)expected a network that takes \(text(input.shape)), found another")
    }
  }

  private static func check(
    _ element: ModelInterface.Element, ofInput name: String, _ parsed: borrowing OpenVINOObject,
    _ model: String, _ runtime: OpenVINO
  ) throws(InferenceError) {
    let calls = runtime.calls
    var pointer: OpaquePointer?
    let status = calls.model_const_input_by_name(parsed.pointer, name, &pointer)
    guard status == 0, let pointer else {
      throw InferenceError(model: model, detail: "input '\(name)': expected one, found none")
    }
    let port = OpenVINOObject(pointer, release: calls.output_const_port_free)
    var type: CInt = 0
    try runtime.check(model, "get a type", calls.port_get_element_type(port.pointer, &type))
    let (expected, words) =
      switch element {
      case .float32: (CInt(OV_F32), "32-bit floats")
      case .int64: (CInt(OV_I64), "64-bit integers")
      }
    guard type == expected else {
      throw InferenceError(
        model: model, detail: "input '\(name)': expected \(words), found another type")
    }
  }

  static func check(
    _ output: ModelInterface.Output, of compiled: borrowing OpenVINOObject, _ model: String,
    _ runtime: OpenVINO
  ) throws(InferenceError) {
    let calls = runtime.calls
    var pointer: OpaquePointer?
    let status = calls.compiled_model_output_by_name(compiled.pointer, output.name, &pointer)
    guard status == 0, let pointer else {
      throw InferenceError(
        model: model, detail: "output '\(output.name)': expected one, found none")
    }
    let port = OpenVINOObject(pointer, release: calls.output_const_port_free)
    var type: CInt = 0
    try runtime.check(model, "get a type", calls.port_get_element_type(port.pointer, &type))
    guard type == CInt(OV_F32) else {
      throw InferenceError(
        model: model, detail: "output '\(output.name)': expected 32-bit floats, found another type")
    }
    let found = try shape(of: port, model, runtime)
    guard let found, found.count == output.shape.count,
      zip(found, output.shape).allSatisfy({ $1 == nil || $0 == $1 })
    else {
      throw InferenceError(
        model: model,
        detail:
          "output '\(output.name)': expected shape \(text(output.shape)), found \(found.map(text) ?? "any")"
      )
    }
  }

  /// Nil where not even the number of dimensions is known.
  private static func shape(
    of port: borrowing OpenVINOObject, _ model: String, _ runtime: OpenVINO
  ) throws(InferenceError) -> [Int?]? {
    var shape = ov_partial_shape()
    try runtime.check(
      model, "get a shape", runtime.calls.port_get_partial_shape(port.pointer, &shape))
    defer { runtime.calls.partial_shape_free(&shape) }
    guard shape.rank.least == shape.rank.most else { return nil }
    return (0..<Int(shape.rank.most)).map { i in
      let size = shape.sizes[i]
      return size.least == size.most ? Int(size.least) : nil
    }
  }

  private static func text(_ shape: [Int?]) -> String {
    "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }
}
