internal import COpenVINO
internal import Codecs

/// A model compiled to run on one thread; use one per worker.
///
/// The sums of floats depend on how the work is split, so a session uses only one thread: results are the
/// same for any number of workers. The memory of inputs and outputs is reused from run to run.
public final class InferenceSession {
  private let runtime: OpenVINO
  private let name: String
  private let interface: ModelInterface
  private let compiled: OpenVINOObject
  private let request: OpenVINOObject
  /// How long the network itself has run, for benchmarks.
  private(set) var networkTime = Duration.zero

  /// Compiles a model and checks its inputs and outputs.
  ///
  /// - Throws: `InferenceError` where the model is broken, or lacks what `interface` says.
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
    try Self.reshape(parsed, to: interface.inputs, name, runtime)
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
  }

  /// Runs a network that has one input.
  ///
  /// - Parameters:
  ///   - shape: the input's shape, which must fit the interface's.
  ///   - fill: writes the input, row by row.
  /// - Throws: `InferenceError` where OpenVINO fails; what `fill` throws.
  public func run(
    shape: [Int], fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    try write(input: 0, shape: shape, fill)
    try run()
  }

  /// Runs the network once, on the inputs that were written last.
  ///
  /// - Throws: `InferenceError` where OpenVINO fails.
  public func run() throws {
    let start = ContinuousClock.now
    let status = runtime.calls.infer_request_infer(request.pointer)
    networkTime += ContinuousClock.now - start
    try runtime.check(name, "run", status)
  }

  /// Writes an input for the next run; later runs use it too until it is written again.
  ///
  /// - Parameters:
  ///   - index: the input's index in the interface.
  ///   - shape: must fit the interface's shape.
  ///   - fill: writes the numbers, row by row.
  /// - Throws: `InferenceError` where OpenVINO fails; what `fill` throws.
  public func write<Number: ModelNumber>(
    input index: Int, shape: [Int], _ fill: (UnsafeMutableBufferPointer<Number>) throws -> Void
  ) throws {
    let input = interface.inputs[index]
    precondition(
      Number.element == input.element && shape.count == input.shape.count
        && zip(shape, input.shape).allSatisfy { $1 == nil || $0 == $1 },
      "an input of the interface's shape")
    let calls = runtime.calls
    var pointer: OpaquePointer?
    let status =
      input.name.map { calls.infer_request_get_tensor(request.pointer, $0, &pointer) }
      ?? calls.infer_request_get_input_tensor(request.pointer, &pointer)
    try runtime.check(name, "find an input", status)
    guard let pointer else { preconditionFailure("OpenVINO gives what it says it gave") }
    let tensor = OpenVINOObject(pointer, release: calls.tensor_free)
    var sizes = shape.map(Int64.init)
    try sizes.withUnsafeMutableBufferPointer {
      try runtime.check(
        name, "set the input's shape",
        calls.tensor_set_shape(
          tensor.pointer, ov_shape(rank: Int64($0.count), sizes: $0.baseAddress)))
    }
    try fill(numbers(of: tensor, count: shape.reduce(1, *)))
  }

  /// Gives an output of the last run with its shape; the numbers are valid only inside the closure.
  ///
  /// - Parameters:
  ///   - index: the output's index in the interface.
  ///   - body: gets the numbers and the sizes of the output's axes.
  /// - Throws: `InferenceError` where OpenVINO fails; what `body` throws.
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
    let numbers: UnsafeMutableBufferPointer<Float> = try numbers(
      of: tensor, count: sizes.reduce(1, *))
    return try body(UnsafeBufferPointer(numbers), sizes)
  }

  private func numbers<Number: ModelNumber>(
    of tensor: borrowing OpenVINOObject, count: Int
  ) throws -> UnsafeMutableBufferPointer<Number> {
    var data: UnsafeMutableRawPointer?
    try runtime.check(name, "reach numbers", runtime.calls.tensor_data(tensor.pointer, &data))
    return UnsafeMutableBufferPointer(
      start: data?.assumingMemoryBound(to: Number.self), count: count)
  }
}

/// A type of number that a network's inputs can have.
public protocol ModelNumber {
  /// What OpenVINO calls the type.
  static var element: ModelInterface.Element { get }
}

extension Float: ModelNumber {
  public static var element: ModelInterface.Element { .float32 }
}

extension Int64: ModelNumber {
  public static var element: ModelInterface.Element { .int64 }
}
