import Codecs
import Foundation
import TestSupport
import Testing

@testable import Inference

@Suite("The default models")
struct DefaultModelTests {
  @Test("a missing one, and one of another content, are named with the remedy")
  func content() throws {
    try withTemporaryDirectory { path in
      let folder = InferenceFolder(path: path)
      func error() -> String? {
        #expect(throws: InferenceUnavailable.self) {
          try DefaultModel.centerFace.load(from: folder)
        }?.description
      }
      #expect(
        error()
          == "inference is not available: expected centerface.onnx in \(path)/models, found none; run Scripts/setup"
      )
      try write("abc", to: path + "/models/centerface.onnx")
      #expect(
        error()
          == "inference is not available: centerface.onnx: expected SHA-256 \(DefaultModel.centerFace.sha256), found ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad; run Scripts/setup"
      )
    }
  }

  @Test("a library that is not OpenVINO is named")
  func library() throws {
    try withTemporaryDirectory { path in
      let folder = InferenceFolder(path: path)
      try write("no library", to: folder.library)
      let error = #expect(throws: InferenceUnavailable.self) { try OpenVINO(folder: folder) }
      let text = try #require(error?.description)
      #expect(
        text.hasPrefix(
          "inference is not available: expected OpenVINO 2026.4.1, found: \(folder.library)"))
      #expect(text.hasSuffix("; run Scripts/setup"))
    }
  }
}
