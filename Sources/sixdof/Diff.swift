internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Schema

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two files of records in meaning.",
    discussion: """
      Images are matched by path, faces by how far their boxes overlap. Differences up to --tolerance, in \
      pixels, degrees and metres, count as none. The second file's faces are held in memory. Exits with 0 \
      where the two say the same, with 2 where they do not.

        sixdof diff biwi.jsonl predictions.jsonl
      """)

  @Argument(help: "A file of records.") var first: String
  @Argument(help: "Another one of the same images.") var second: String
  @Option(help: "Faces whose boxes' intersection over union is less are no match.")
  var iou: Double = 0.5
  @Option(help: "Differences up to this many pixels, degrees or metres are none.")
  var tolerance: Double = 1e-6

  func validate() throws {
    guard iou > 0, iou <= 1 else {
      throw ValidationError("'--iou' must be over 0 and at most 1, not \(iou).")
    }
    guard tolerance >= 0 else {
      throw ValidationError("'--tolerance' must be at least 0, not \(tolerance).")
    }
    guard first != "-" || second != "-" else {
      throw ValidationError("Standard input can be one of the two files only.")
    }
  }

  func run() throws {
    try reportingFailures {
      var comparison = RecordComparison(leastOverlap: iou)
      var counts = Counts()
      var others: [String: [Face]] = [:]
      let second = try forEach(in: second) { record in
        if others[record.image.path] != nil { counts.repeated += 1 }
        others[record.image.path] = record.faces.map(Self.withoutSource)
      }
      let first = try forEach(in: first) { record in
        if let faces = others.removeValue(forKey: record.image.path) {
          comparison.add(record.faces, faces)
        } else {
          counts.onlyInFirst += 1
        }
      }
      counts.onlyInSecond = others.count
      counts.unreadable = first + second
      for line in lines(comparison, counts) { print(line) }
      return isSame(comparison, counts) ? Exit.done : Exit.findings
    }
  }

  private struct Counts {
    var onlyInFirst = 0
    var onlyInSecond = 0
    var repeated = 0
    var unreadable = 0
  }

  /// - Returns: how many lines could not be read.
  private func forEach(in path: String, _ body: (ImageRecord) -> Void) throws -> Int {
    var lines = RecordLines(file: try MappedFile(path: path))
    var unreadable = 0
    while let outcome = lines.next() {
      for issue in outcome.issues { say("\(issue.severity.rawValue): \(issue)") }
      if let record = outcome.record { body(record) } else { unreadable += 1 }
    }
    return unreadable
  }

  private static func withoutSource(_ face: Face) -> Face {
    var face = face
    (face.native, face.attributes) = (nil, FaceAttributes())
    return face
  }

  private func isSame(_ found: RecordComparison, _ counts: Counts) -> Bool {
    let spreads = [found.boxes, found.landmarks, found.rotations, found.translations]
    return spreads.allSatisfy { $0.largest <= tolerance }
      && counts.onlyInFirst + counts.onlyInSecond + counts.repeated + counts.unreadable == 0
      && found.onlyInFirst + found.onlyInSecond == 0
      && found.unlikePoses + found.unlikeLandmarks == 0
  }

  private func lines(_ found: RecordComparison, _ counts: Counts) -> [String] {
    func text(_ spread: RecordComparison.Spread, _ unit: String) -> String {
      "mean \(spread.mean.short), largest \(spread.largest.short) \(unit)"
    }
    var lines = [
      "images      \(found.images) in both, \(counts.onlyInFirst) only in the first, \(counts.onlyInSecond) only in the second",
      "faces       \(found.matched) matched, \(found.onlyInFirst) only in the first, \(found.onlyInSecond) only in the second",
      "boxes       \(text(found.boxes, "pixels"))",
      "landmarks   \(text(found.landmarks, "pixels")), of \(Tally.count(found.landmarks.count, "face")); \(found.unlikeLandmarks) unlike in kind",
      "rotation    \(text(found.rotations, "degrees")), of \(Tally.count(found.rotations.count, "face")); \(found.unlikePoses) unlike in kind",
      "translation \(text(found.translations, "metres"))",
    ]
    if counts.repeated > 0 {
      lines.append("repeated    \(Tally.count(counts.repeated, "image")) in the second")
    }
    return lines
  }
}

extension Double {
  /// Four significant digits, for people.
  fileprivate var short: String {
    guard self != 0, isFinite else { return self == 0 ? "0" : "\(self)" }
    var scale = 1.0
    while (magnitude * scale) < 1000, scale < 1e18 { scale *= 10 }
    return "\((self * scale).rounded() / scale)"
  }
}
