/// OpenVINO or a model is not there, or is not what SixDoF was made for; Scripts/setup fetches both.
public struct InferenceUnavailable: Error, Equatable, CustomStringConvertible {
  /// "what: expected X, found Y".
  public let detail: String

  public var description: String {
    "inference is not available: \(detail); run Scripts/setup"
  }
}

/// A model that cannot be run, or not as its caller means to.
public struct InferenceError: Error, Equatable, CustomStringConvertible {
  /// The model's file name.
  public let model: String
  public let detail: String

  public var description: String { "\(model): \(detail)" }
}
