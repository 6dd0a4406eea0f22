import Inference
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
    #expect(InferenceFolder.standard(environment: environment).path == path)
  }

  @Test("without a runtime the error names the remedy")
  func absent() {
    let error = #expect(throws: InferenceUnavailable.self) {
      try ReferenceInference(folder: InferenceFolder(path: "/nowhere"))
    }
    #expect(
      error?.description
        == "inference is not available: expected OpenVINO 2026.4.1 in /nowhere, found none; run Scripts/setup"
    )
  }
}
