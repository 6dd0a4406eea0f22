internal import Geometry
internal import Schema

/// A file of WIDER FACE's prediction folders, `event/image.txt`: the image's name, the number of detections,
/// then a line `x y w h score` for each. FORMATS §1.4.
public struct WiderPredictionText: Sendable, Equatable {
  /// The first line: the image's name, with or without an extension.
  public var name: String
  /// In the file's order, in pixels.
  public var detections: [ScoredBox]
  /// Lines that are not a detection, and a wrong number of detections. The rest of the file is used.
  public var problems: [Problem]

  /// Something wrong in the file.
  public struct Problem: Sendable, Equatable {
    /// The line's number, 1-based.
    public var line: Int
    /// What was expected and what was found.
    public var detail: String
    /// Whether a detection was lost by it.
    public var isLoss: Bool
  }

  /// Reads a file's text; what is wrong is in `problems`.
  public init(_ bytes: UnsafeRawBufferPointer) {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.trimmed }
    name = lines[0]
    detections = []
    problems = []
    for (i, line) in lines.enumerated().dropFirst(2) where !line.isEmpty {
      let numbers = line.split { $0 == " " || $0 == "\t" }.map { Double($0) ?? .nan }
      guard numbers.count == 5,
        case let box = BoundingBox(
          x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]),
        box.isPlausible, PlausibleRange.measure.contains(numbers[4])
      else {
        problems.append(
          Problem(
            line: i + 1, detail: "expected x y w h score, found '\(line.prefix(60))'", isLoss: true)
        )
        continue
      }
      detections.append(ScoredBox(box: box, score: numbers[4]))
    }
    let count = detections.count + problems.count
    let stated = lines.count > 1 ? lines[1] : ""
    if Double(stated) != Double(count) {
      problems.append(
        Problem(
          line: 2,
          detail:
            "expected the number of lines that follow, \(count), found '\(stated.prefix(40))'",
          isLoss: false))
    }
  }

  /// The image's name without folder and extension.
  public var stem: String {
    let file = name.split(separator: "/").last.map(String.init) ?? name
    for ending in [".jpg", ".jpeg", ".png", ".webp", ".bmp"]
    where file.lowercased().hasSuffix(ending) {
      return String(file.dropLast(ending.count))
    }
    return file
  }
}
