internal import Foundation

/// Why a file gives no face model. The text names the file, and the line where one is to blame.
public struct FaceModelError: Error, Equatable, CustomStringConvertible {
  /// What would likely help, for whoever can say how it is given.
  public enum Remedy: Sendable, Equatable {
    /// A file of the landmarks' vertices.
    case indices
    case unit(metres: Double)
    case axes(FaceModel.Axes)
  }

  /// "head.obj", or "landmarks.txt:3".
  public let place: String
  public let detail: String
  public let remedy: Remedy?

  init(_ place: String, _ detail: String, remedy: Remedy? = nil) {
    self.place = place
    self.detail = detail
    self.remedy = remedy
  }

  public var description: String { "\(place): \(detail)" }

  /// A length in the unit that suits it.
  static func text(_ metres: Double) -> String {
    let units: [(String, Double)] = [("km", 1000), ("m", 1), ("cm", 0.01), ("mm", 0.001)]
    let unit = units.first { metres >= $0.1 } ?? ("µm", 1e-6)
    return String(format: "%.3g ", metres / unit.1) + unit.0
  }
}
