/// What export forms may be told. A form names those that it heeds; any other is refused for it.
public struct ExportOptions: Sendable {
  /// One of the members.
  public enum Option: Sendable, CaseIterable {
    case copies
    case seed
    case meshTables
    case points
  }

  /// Which 68 points a face gets where a form wants some.
  public enum Points: String, Sendable, CaseIterable {
    /// The record's own, and where it has none those of the mean face as the pose places them.
    case automatic = "auto"
    /// The record's own, annotated or predicted; faces without are left out.
    case annotated
    /// The mean face's, as the pose places them.
    case reprojected
  }

  /// How many samples are made of each face; the first shows it as it is, the others vary it at random.
  public var copies = 1
  /// The same seed gives the same samples.
  public var seed: UInt64 = 1
  /// The folder of ARKitFace's mesh tables; nil where none was given.
  public var meshTables: String?
  /// Which points faces get.
  public var points = Points.automatic

  /// Options with the defaults given above.
  public init() {}
}
