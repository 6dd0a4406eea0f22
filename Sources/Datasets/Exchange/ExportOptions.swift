/// What export forms may be told. A form names those that it heeds; any other is refused for it.
public struct ExportOptions: Sendable {
  /// One of the members.
  public enum Option: Sendable, CaseIterable {
    case copies
    case seed
  }

  /// How many samples are made of each face; the first shows it as it is, the others vary it at random.
  public var copies = 1
  /// The same seed gives the same samples.
  public var seed: UInt64 = 1

  /// Options with the defaults given above.
  public init() {}
}
