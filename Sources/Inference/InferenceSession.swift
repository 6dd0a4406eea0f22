internal import COpenVINO
internal import Codecs

/// A model compiled to run on one thread; use one a worker.
///
/// Sums of floats depend on how work is split, so a session never uses more threads than one: results are
/// the same for any number of workers. Memory for inputs and outputs is kept from run to run.
public final class InferenceSession {
  private let runtime: OpenVINO
  private let name: String
  private let interface: ModelInterface
  private let compiled: OpenVINOObject
  private let request: OpenVINOObject
  private let input: OpenVINOObject
  /// How long the network itself has run, for benchmarks.
  private(set) var networkTime = Duration.zero

  /// - Throws: `InferenceError` where the model is broken or lacks what `interface` says.
  public init(_ model: ModelFile, interface: ModelInterface, on runtime: OpenVINO) throws {
    self.runtime = runtime
    name = model.name
    self.interface = interface
    let calls = runtime.calls
    func made(
      _ action: StaticString, release: OpenVINOObject.Release,
      _ make: (inout OpaquePointer?) -> CInt
    ) throws -> OpenVINOObject {
      var pointer: OpaquePointer?
      try runtime.check(model.name, action, make(&pointer))
      guard let pointer else { preconditionFailure("OpenVINO makes what it says it made") }
      return OpenVINOObject(pointer, release: release)
    }
    let parsed = try made("read the model", release: calls.model_free) { parsed in
      if model.isTFLite { return calls.core_read_model(runtime.core, model.path, nil, &parsed) }
      return model.file.withBytes { bytes in
        calls.core_read_model_from_memory_buffer(
          runtime.core, bytes.assumingMemoryBound(to: CChar.self).baseAddress, bytes.count, nil,
          &parsed)
      }
    }
    try Self.reshape(parsed, to: interface.input, name, runtime)
    compiled = try made("compile the model", release: calls.compiled_model_free) { compiled in
      withUnsafePointer(to: calls) {
        ov_compile_for_cpu($0, runtime.core, parsed.pointer, Self.precision, "1", &compiled)
      }
    }
    try Self.checkPrecision(
      Self.property("INFERENCE_PRECISION_HINT", of: compiled, name, runtime), model: name)
    for output in interface.outputs { try Self.check(output, of: compiled, name, runtime) }
    request = try made("make a request", release: calls.infer_request_free) {
      [compiled = compiled.pointer] in
      calls.compiled_model_create_infer_request(compiled, &$0)
    }
    input = try made("find the input", release: calls.tensor_free) {
      [request = request.pointer] in calls.infer_request_get_input_tensor(request, &$0)
    }
  }

  /// Runs the network once.
  ///
  /// - Parameters:
  ///   - shape: the input's, which fits the interface's.
  ///   - fill: writes the input, row by row.
  public func run(
    shape: [Int], fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    precondition(
      shape.count == interface.input.count
        && zip(shape, interface.input).allSatisfy { $1 == nil || $0 == $1 },
      "an input of the interface's shape")
    var sizes = shape.map(Int64.init)
    try sizes.withUnsafeMutableBufferPointer {
      try runtime.check(
        name, "set the input's shape",
        runtime.calls.tensor_set_shape(
          input.pointer, ov_shape(rank: Int64($0.count), sizes: $0.baseAddress)))
    }
    let numbers = try numbers(of: input, count: shape.reduce(1, *))
    try fill(numbers)
    let start = ContinuousClock.now
    let status = runtime.calls.infer_request_infer(request.pointer)
    networkTime += ContinuousClock.now - start
    try runtime.check(name, "run", status)
  }

  /// An output of the last run and its shape, valid while the closure runs.
  ///
  /// - Parameter index: its place among the interface's outputs.
  public func withOutput<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<Float>, [Int]) throws -> Result
  ) throws -> Result {
    let calls = runtime.calls
    var pointer: OpaquePointer?
    try runtime.check(
      name, "find an output",
      calls.infer_request_get_tensor(request.pointer, interface.outputs[index].name, &pointer))
    guard let pointer else { preconditionFailure("OpenVINO gives what it says it gave") }
    let tensor = OpenVINOObject(pointer, release: calls.tensor_free)
    var shape = ov_shape()
    try runtime.check(name, "get an output's shape", calls.tensor_get_shape(tensor.pointer, &shape))
    let sizes = (0..<Int(shape.rank)).map { Int(shape.sizes[$0]) }
    _ = calls.shape_free(&shape)
    let numbers = try numbers(of: tensor, count: sizes.reduce(1, *))
    return try body(UnsafeBufferPointer(numbers), sizes)
  }

  private func numbers(
    of tensor: borrowing OpenVINOObject, count: Int
  ) throws -> UnsafeMutableBufferPointer<Float> {
    var data: UnsafeMutableRawPointer?
    try runtime.check(name, "reach numbers", runtime.calls.tensor_data(tensor.pointer, &data))
    return UnsafeMutableBufferPointer(
      start: data?.assumingMemoryBound(to: Float.self), count: count)
  }
}
