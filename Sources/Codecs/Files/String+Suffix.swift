extension String {
  /// Itself where it does not end with `suffix`.
  public func withoutSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
