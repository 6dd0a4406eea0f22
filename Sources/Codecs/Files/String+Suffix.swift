extension String {
  /// Itself where it does not end with `suffix`.
  public func withoutSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }

  /// The folder that a path's last name is in; "." where the path names none. Bytes are compared, as the system does: as
  /// a `Character`, a slash with a combining mark is not a slash.
  public var folderOfPath: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}
