import Datasets
import Foundation
import Geometry
import Schema

/// A dataset of a client's own, in one file: lines of "image,left,top,right,bottom", a box each.
extension DatasetDescription {
  static let toy = {
    var dataset = DatasetDescription(name: "toy", title: "Toy")
    dataset.readFiles = { paths, options in
      try ToySource(text: String(contentsOfFile: paths[0], encoding: .utf8), options)
    }
    return dataset
  }()
}

private struct ToySource: AnnotationSource {
  private let lines: [Substring]
  private let dataset: String
  private(set) var position = 0
  var size: Int { lines.count }

  init(text: String, _ options: ReadingOptions) {
    lines = text.split(separator: "\n")
    dataset = options.dataset
  }

  mutating func next() -> Outcome? {
    guard position < lines.count else { return nil }
    let line = position + 1
    let words = lines[position].split(separator: ",")
    position = line
    let numbers = words.dropFirst().compactMap { Double($0) }
    guard numbers.count == 4 else {
      let issue = RecordIssue(
        .malformedRecord, at: SourceLocation(file: "boxes.csv", line: line),
        "box: expected 4 numbers, found \(numbers.count)")
      return Outcome(record: nil, issues: [issue])
    }
    let face = Face(
      box: BoundingBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3]))
    return Outcome(
      record: ImageRecord(
        source: RecordSource(dataset: dataset), image: ImageReference(path: String(words[0])),
        faces: [face]))
  }
}
