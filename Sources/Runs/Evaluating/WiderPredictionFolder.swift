internal import Codecs
internal import Evaluation
internal import Schema

/// A folder, zip or tar of WIDER FACE's prediction texts, `event/image.txt`, at any depth.
struct WiderPredictionFolder {
  private let tree: FileTree
  /// The files by event and image, "0--Parade/0_Parade_Parade_0_275".
  private var files: [String: String] = [:]
  /// How many images had their file.
  private(set) var paired = 0
  private var unused: Set<String> = []
  private static let largestFile = 64 << 20

  init(path: String, findings: inout Findings) throws {
    tree = try FileTree(path: path)
    var walk = tree.walk()
    while let file = try walk.next() {
      guard file.hasEnding(".txt") else { continue }
      let key = Self.key(file)
      if let earlier = files[key] {
        try findings.add(
          RecordIssue(
            .unmatchedPrediction, at: SourceLocation(file: file),
            "expected one file for an image, found also '\(earlier)', which counts"))
      } else {
        files[key] = file
        unused.insert(file)
      }
    }
  }

  mutating func detections(
    for image: ImageRecord, findings: inout Findings
  ) throws -> [ScoredBox]? {
    guard let file = files[Self.key(image.image.path)], unused.remove(file) != nil else {
      try findings.add(
        RecordIssue(
          .missingPrediction, at: image.location,
          "prediction of '\(image.image.path)': expected a file, found none; it counts as no detection"
        ))
      return nil
    }
    paired += 1
    let (text, fault) = try tree.withBytes(of: file, limit: Self.largestFile) {
      (WiderPredictionText($0), TextForm.fault(of: $0))
    }
    if let fault, text.detections.isEmpty {
      try findings.add(
        RecordIssue(.malformedLine, at: SourceLocation(file: file), fault.detail))
      return nil
    }
    for problem in text.problems {
      try findings.add(
        RecordIssue(
          problem.isLoss ? .malformedLine : .conflictingAnnotation,
          at: SourceLocation(file: file, line: problem.line), problem.detail))
    }
    let expected = Self.key(file).split(separator: "/").last.map(String.init) ?? ""
    if text.stem != expected {
      try findings.add(
        RecordIssue(
          .conflictingAnnotation, at: SourceLocation(file: file, line: 1),
          "expected the name '\(expected)', found '\(text.name.prefix(60))'; the file's own name counts"
        ))
    }
    return text.detections
  }

  func reportUnused(_ findings: inout Findings) throws {
    for file in unused.sorted() {
      try findings.add(
        RecordIssue(
          .unmatchedPrediction, at: SourceLocation(file: file),
          "expected an image of the truth, found none of this event and name"))
    }
  }

  /// The last folder and the name without extension.
  private static func key(_ path: String) -> String {
    let parts = path.split(separator: "/")
    let file = parts.last ?? ""
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
    return parts.count > 1 ? "\(parts[parts.count - 2])/\(stem)" : String(stem)
  }
}
