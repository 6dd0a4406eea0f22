import Foundation
import Inference
import TestSupport
import Testing

@Suite("The folder of OpenVINO and the models")
struct InferenceFolderTests {
  @Test(
    "is the variable's, or in the user's cache folder",
    arguments: [
      (["SIXDOF_INFERENCE": "/a", "HOME": "/home/b"], "/a"),
      (["XDG_CACHE_HOME": "/cache", "HOME": "/home/b"], "/cache/sixdof/inference"),
      (
        ["SIXDOF_INFERENCE": "", "XDG_CACHE_HOME": "", "HOME": "/home/b"],
        "/home/b/.cache/sixdof/inference"
      ),
    ])
  func standard(environment: [String: String], path: String) {
    let folder = InferenceFolder.standard(environment: environment, executable: "/c/.build/sixdof")
    #expect(folder.libraries == path + "/openvino")
    #expect(folder.models == path + "/models")
    #expect(folder.remedy == "run Scripts/setup")
  }

  @Test("of a program that pip installed, its own models and Python's OpenVINO come first")
  func pip() throws {
    try withTemporaryDirectory { prefix in
      let program = prefix + "/bin/sixdof"
      func folder(_ environment: [String: String] = ["HOME": "/b"]) -> InferenceFolder {
        .standard(environment: environment, executable: program)
      }
      let packages = prefix + "/lib/python3.11/site-packages"
      try write("", to: packages + "/sixdof/__init__.py")
      #expect(folder().remedy == "pip install 'sixdof[infer]'")
      #expect(folder().models == "/b/.cache/sixdof/inference/models")
      try write("", to: prefix + "/share/sixdof/models/centerface.onnx")
      #expect(folder().models == prefix + "/share/sixdof/models")
      // Another version's library is none.
      try write("", to: packages + "/openvino/libs/libopenvino_c.so.2500")
      #expect(folder().libraries == "/b/.cache/sixdof/inference/openvino")
      try write("", to: packages + "/openvino/libs/libopenvino_c.so.2641")
      #expect(folder().libraries == packages + "/openvino/libs")
      let chosen = folder(["SIXDOF_INFERENCE": "/a"])
      #expect(chosen.libraries == "/a/openvino" && chosen.models == "/a/models")
      // As `pip install --target` lays it out.
      try write("", to: prefix + "/sixdof/__init__.py")
      try write("", to: prefix + "/openvino/libs/libopenvino_c.so.2641")
      try FileManager.default.removeItem(atPath: prefix + "/lib")
      #expect(folder().libraries == prefix + "/openvino/libs")
    }
  }

  @Test("of a program that was unpacked, only the models are there")
  func unpacked() throws {
    try withTemporaryDirectory { prefix in
      try write("", to: prefix + "/share/sixdof/models/centerface.onnx")
      let cache = prefix + "/cache/sixdof/inference"
      func folder() -> InferenceFolder {
        .standard(
          environment: ["XDG_CACHE_HOME": prefix + "/cache"], executable: prefix + "/bin/sixdof")
      }
      #expect(folder().models == prefix + "/share/sixdof/models")
      #expect(folder().libraries == cache + "/openvino")
      #expect(folder().remedy == "pip install --target \(cache) openvino==2026.4.1")
      // What that leaves is found.
      try write("", to: cache + "/openvino/libs/libopenvino_c.so.2641")
      #expect(folder().libraries == cache + "/openvino/libs")
    }
  }

  @Test("without a runtime the error names the remedy")
  func absent() {
    let error = #expect(throws: InferenceUnavailable.self) {
      try ReferenceInference(folder: InferenceFolder(path: "/nowhere"))
    }
    #expect(
      error?.description
        == "inference is not available: expected OpenVINO 2026.4.1 in /nowhere/openvino, found none; run Scripts/setup"
    )
  }
}
