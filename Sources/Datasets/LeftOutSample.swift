/// The error for a record of which a training system's loader makes no sample.
public struct LeftOutSample: Error, CustomStringConvertible {
  /// Why, in the plural: "images without a pose".
  public let reason: String

  /// With the reason in the plural.
  public init(_ reason: String) { self.reason = reason }

  public var description: String { reason }
}
