extension FaceAttributes {
  /// The person, photo or scene that the attribute names; nil where it names none. An empty name counts as
  /// none, for it would join strangers.
  public func name(in attribute: String) -> String? {
    guard let value = others.first(where: { $0.name == attribute })?.value, value != .null,
      value != .text("")
    else { return nil }
    return value.text ?? value.messageText
  }
}
