internal import Schema

/// Why a file gives no face model. The text names the file, and the line where one line is wrong.
public struct FaceModelError: Error, Equatable, CustomStringConvertible {
  /// What would likely help. The program's outer layer says how that is given.
  public enum Remedy: Sendable, Equatable {
    /// A file that lists the landmarks' vertices.
    case indices
    /// Another unit of length.
    case unit(metres: Double)
    /// Other axes.
    case axes(FaceModel.Axes)
  }

  /// The file, or the file and its line, such as "landmarks.txt:3".
  public let place: String
  /// What was expected and what was found.
  public let detail: String
  /// Nil where no single option would help.
  public let remedy: Remedy?

  init(_ place: String, _ detail: String, remedy: Remedy? = nil) {
    self.place = place
    self.detail = detail
    self.remedy = remedy
  }

  public var description: String { "\(place): \(detail)" }

  /// A length in metres as text, in the unit that suits it.
  static func text(_ metres: Double) -> String {
    let units: [(String, Double)] = [("km", 1000), ("m", 1), ("cm", 0.01), ("mm", 0.001)]
    let unit = units.first { metres >= $0.1 } ?? ("µm", 1e-6)
    return (metres / unit.1).printed("%.3g ") + unit.0
  }
}
