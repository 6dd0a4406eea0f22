/// An output that is refused, because writing it would do harm or is not possible. This happens before anything
/// is read.
public struct OutputRefusal: Error, CustomStringConvertible {
  /// Why it is refused, as far as callers need to know.
  public enum Reason: Sendable {
    /// Something with this name exists, and the run may not replace it.
    case exists
    /// The system could not find out what is there.
    case system
    /// Any other reason; the text says which.
    case other
  }

  /// As the user named it; it may be empty.
  public let path: String
  /// The kind of reason.
  public let reason: Reason
  /// "expected X, found Y".
  public let detail: String

  /// From its parts.
  public init(_ path: String, _ detail: String, reason: Reason = .other) {
    (self.path, self.detail, self.reason) = (path, detail, reason)
  }

  public var description: String { "\(path.isEmpty ? "the output" : path): \(detail)" }
}

/// Another run is writing the same output.
public struct OutputInUse: Error, CustomStringConvertible {
  /// The outputs' path without their suffixes.
  public let base: String
  /// The process number of the other run; empty where it is not known.
  public let owner: String

  public var description: String {
    "\(base): expected no other run with this output, found \(owner.isEmpty ? "one" : "process \(owner)")"
  }
}

/// An interrupted run that is not the one to continue.
public struct OtherRun: Error, CustomStringConvertible {
  /// The unfinished folder, whose name ends with `.partial`.
  public let folder: String

  public var description: String {
    "\(folder): expected an interrupted run with this input and these options, found another"
  }
}

/// An interrupted run that only had to give its outputs their names. They have them now.
public struct FinishedRun: Error {
  /// The outputs' path without their suffixes.
  public let base: String
}
