import Foundation
import TestSupport
import Testing

@testable import Inference

private let needsRuntime: any SuiteTrait & TestTrait = .enabled(
  if: Runtime.isThere, "needs OpenVINO; run Scripts/setup")

@Suite("An inference session")
struct InferenceSessionTests {
  /// y = max(x, 0), and half of it.
  private static let network = ONNXNetwork(
    inputs: [("x", [1, 2, nil])], outputs: [("y", [1, 2, nil]), ("half", [1, 2, nil])],
    nodes: [
      .init("Relu", ["x"], "y"), .init("Mul", ["y", "factor"], "half"),
    ], constants: [("factor", [1], [0.5])])

  private static func interface(
    input: [Int?] = [1, 2, nil], _ outputs: (String, [Int?])...
  ) -> ModelInterface {
    ModelInterface(
      input: input, outputs: outputs.map { ModelInterface.Output(name: $0.0, shape: $0.1) })
  }

  @Test("runs at one size after another, and gives outputs by name", needsRuntime)
  func sizes() throws {
    let session = try Runtime.session(
      Self.network.bytes,
      interface: Self.interface(("half", [1, 2, nil]), ("y", [1, 2, nil])))
    for count in [3, 1, 5, 3] {
      try session.run(shape: [1, 2, count]) { numbers in
        for i in numbers.indices { numbers[i] = Float(i) - 1 }
      }
      let expected = (0..<2 * count).map { max(0, Float($0) - 1) }
      try session.withOutput(0) { numbers, shape in
        #expect(shape == [1, 2, count])
        #expect(Array(numbers) == expected.map { $0 / 2 })
      }
      try session.withOutput(1) { numbers, _ in #expect(Array(numbers) == expected) }
    }
  }

  @Test("its threads may run on every core of the process", needsRuntime)
  func cores() throws {
    let session = try Runtime.session(
      Self.network.bytes, interface: Self.interface(("y", [1, 2, nil])))
    try session.run(shape: [1, 2, 3]) { $0.update(repeating: 1) }
    func cores(_ path: String) throws -> Substring? {
      let status = try String(contentsOfFile: path, encoding: .utf8)
      return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    }
    let all = try #require(try cores("/proc/self/status"))
    // A thread may have ended since it was listed.
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    let found = tasks.compactMap { try? cores("/proc/self/task/\($0)/status") }
    #expect(found.count > 1)
    #expect(found.allSatisfy { $0 == all })
  }

  @Test("a model that lacks an output, or gives another shape, is named", needsRuntime)
  func outputs() {
    func error(_ name: String, _ shape: [Int?]) -> String? {
      let error = #expect(throws: InferenceError.self) {
        try Runtime.session(Self.network.bytes, interface: Self.interface((name, shape)))
      }
      return error?.description
    }
    #expect(
      error("faces", [1, 2, nil]) == "small.onnx: output 'faces': expected one, found none")
    #expect(
      error("y", [1, 4, nil])
        == "small.onnx: output 'y': expected shape [1, 4, ?], found [1, 2, ?]")
    #expect(error("y", [1, 2]) == "small.onnx: output 'y': expected shape [1, 2], found [1, 2, ?]")
  }

  @Test("a model that takes another input is named", needsRuntime)
  func inputs() {
    var wide = Self.network
    wide.inputs = [("x", [1, 2, nil]), ("factor", [1])]
    wide.constants = []
    let two = #expect(throws: InferenceError.self) {
      try Runtime.session(wide.bytes, interface: Self.interface(("y", [1, 2, nil])))
    }
    #expect(two?.description == "small.onnx: expected one input, found 2")
    let convolution = ONNXNetwork(
      inputs: [("x", [1, 2, nil, nil])], outputs: [("y", [1, 1, nil, nil])],
      nodes: [.init("Conv", ["x", "weight"], "y", attributes: [("kernel_shape", [1, 1])])],
      constants: [("weight", [1, 2, 1, 1], [1, 2])])
    let channels = #expect(throws: InferenceError.self) {
      try Runtime.session(
        convolution.bytes,
        interface: Self.interface(input: [1, 3, nil, nil], ("y", [1, 1, nil, nil])))
    }
    #expect(
      channels?.description
        == "small.onnx: expected a network that takes [1, 3, ?, ?], found another")
  }

  @Test("a file that is no model is an error of one line", needsRuntime)
  func broken() throws {
    let error = #expect(throws: InferenceError.self) {
      try Runtime.session(
        Array(Self.network.bytes.dropLast(7)), interface: Self.interface(("y", [1, 2, nil])))
    }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("small.onnx: read the model: OpenVINO says: "))
    #expect(!text.contains("\n"))
  }

  @Test("any precision but f32 is refused")
  func precision() throws {
    try InferenceSession.checkPrecision("f32", model: "a.onnx")
    let error = #expect(throws: InferenceError.self) {
      try InferenceSession.checkPrecision("bf16", model: "a.onnx")
    }
    #expect(error?.description == "a.onnx: expected OpenVINO to compute in f32, found bf16")
  }
}
