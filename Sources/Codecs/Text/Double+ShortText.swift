extension Double {
  /// The shortest digits that read back as the same number, without a needless ".0".
  public var shortText: String {
    self == rounded() && magnitude < 1e15 ? String(Int(self)) : description
  }
}
