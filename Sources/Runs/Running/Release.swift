internal import CCommit

/// Which SixDoF this is, as manifests and reports name it.
public enum Release {
  /// Of the program and of what it writes.
  public static let version = "0.1.0"

  /// The version with the commit behind it where that is known, such as "0.1.0 (1a2b3c4d5e6f)".
  public static var title: String {
    let commit = String(cString: sixdof_commit())
    return commit.isEmpty ? version : "\(version) (\(commit))"
  }
}
