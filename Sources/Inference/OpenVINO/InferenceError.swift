/// OpenVINO or a model is missing, or is another version than SixDoF was made for; Scripts/setup fetches both
/// in a clone, pip elsewhere.
public struct InferenceUnavailable: Error, Equatable, CustomStringConvertible {
  /// In the form "what: expected X, found Y".
  public let detail: String
  /// What to do about it.
  public let remedy: String

  init(_ folder: InferenceFolder, _ detail: String) {
    (self.detail, self.remedy) = (detail, folder.remedy)
  }

  public var description: String {
    "inference is not available: \(detail); \(remedy)"
  }
}

/// The error for a model that cannot be run, or cannot be used as its caller wants.
public struct InferenceError: Error, Equatable, CustomStringConvertible {
  /// The model's file name.
  public let model: String
  /// What was expected and what was found.
  public let detail: String

  public var description: String { "\(model): \(detail)" }
}
