/// Which SixDoF this is, as manifests and reports name it.
public enum Release {
  /// Of the program and of what it writes.
  public static let version = "0.1.0"
}
