internal import COpenVINO

/// What is checked of a model before it runs.
extension InferenceSession {
  /// OpenVINO's own choice is bfloat16 on processors that have it, which moves landmarks by up to 4 px.
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

  /// Gives a model's only input the shape it is to have.
  static func reshape(
    _ parsed: borrowing OpenVINOObject, to shape: [Int?], _ model: String, _ runtime: OpenVINO
  ) throws(InferenceError) {
    var inputs = 0
    try runtime.check(
      model, "count inputs", runtime.calls.model_inputs_size(parsed.pointer, &inputs))
    guard inputs == 1 else {
      throw InferenceError(model: model, detail: "expected one input, found \(inputs)")
    }
    var sizes = shape.map {
      ov_dimension(least: Int64($0 ?? 1), most: $0.map(Int64.init) ?? -1)
    }
    let rank = Int64(shape.count)
    let status = sizes.withUnsafeMutableBufferPointer {
      runtime.calls.model_reshape_single_input(
        parsed.pointer,
        ov_partial_shape(rank: ov_dimension(least: rank, most: rank), sizes: $0.baseAddress))
    }
    guard status == 0 else {
      throw InferenceError(
        model: model, detail: "expected a network that takes \(text(shape)), found another")
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

  /// nil where not even the rank is known.
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
