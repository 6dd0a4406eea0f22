/// An output that is not written, for writing it would do harm or is not possible. It is said before anything
/// is read.
public struct OutputRefusal: Error, CustomStringConvertible {
  public enum Reason: Sendable {
    /// Something with this name is there, and it was not allowed to take its place.
    case exists
    /// The system could not say what is there.
    case system
    case other
  }

  public let path: String
  public let reason: Reason
  /// "expected X, found Y".
  public let detail: String

  public init(_ path: String, _ detail: String, reason: Reason = .other) {
    (self.path, self.detail, self.reason) = (path, detail, reason)
  }

  public var description: String { "\(path.isEmpty ? "the output" : path): \(detail)" }
}

/// Another run is writing the same output.
public struct OutputInUse: Error, CustomStringConvertible {
  /// The outputs' path without their suffixes.
  public let base: String
  /// The other run's process, where it says so.
  public let owner: String

  public var description: String {
    "\(base): expected no other run with this output, found \(owner.isEmpty ? "one" : "process \(owner)")"
  }
}

/// An interrupted run that is not the one to go on with.
public struct OtherRun: Error, CustomStringConvertible {
  public let folder: String

  public var description: String {
    "\(folder): expected an interrupted run with this input and these options, found another"
  }
}

/// An interrupted run that had nothing left to do but to give its outputs their names, which they have now.
public struct FinishedRun: Error {
  /// The outputs' path without their suffixes.
  public let base: String
}
