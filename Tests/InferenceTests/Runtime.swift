import Foundation
import TestSupport

@testable import Inference

/// What Scripts/setup fetches; tests that need it are skipped by name where it is absent.
enum Runtime {
  static let folder = InferenceFolder.standard()
  static let isThere =
    OpenVINO.isThere(in: folder) && DefaultModel.all.allSatisfy { $0.isThere(in: folder) }

  /// Opened once for all tests, as the program does.
  static let opened = Result { try OpenVINO(folder: folder) }

  /// Compiles a network from bytes as if they were a file of this name.
  static func session(
    _ bytes: [UInt8], interface: ModelInterface, name: String = "small.onnx"
  ) throws -> InferenceSession {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/\(name)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let model = try ModelFile(path: path, sha256: nil)
      return try InferenceSession(model, interface: interface, on: opened.get())
    }
  }
}
