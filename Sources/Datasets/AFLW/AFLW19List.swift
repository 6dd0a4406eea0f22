internal import Codecs
internal import Geometry
internal import Schema

/// Reads `AFLWinfo_release.mat`: a row a face in `bbox` (left, right, top, bottom), `data` (19 x, then 19 y) and
/// `mask_new` (1 for a visible point), the image's name in `nameList`, and in `ra` an order of the rows from 1, of which
/// the first 20,000 are for training.
///
/// The points are AFLW's 21 without the ears, which are the 13th and 17th. Hidden ones are annotated too.
struct AFLW19List {
  /// Of AFLW's 21, by their places.
  static let points = (0..<21).filter { $0 != 12 && $0 != 16 }
  private static let trainingRows = 20_000

  private let boxes: [Double]
  private let coordinates: [Double]
  private let mask: [Double]?
  private let count: Int
  /// Of the rows that are not for training.
  private var testRows: Set<Int> = []
  /// The rows of each image, in the order in which images occur first.
  private var images: [(name: String, rows: [Int])] = []

  /// - Throws: `MATError` where the file is not such a list.
  static func reader(_ file: AnnotationFile, _ options: ReadingOptions) throws -> DraftReader {
    let list = try AFLW19List(file)
    return DraftReader(file, options, count: list.images.count) { list.draft($0) }
  }

  private init(_ file: AnnotationFile) throws {
    let matlab = try MATFile(file.contents, path: file.name)
    func wrong(_ name: String, _ expected: String) -> MATError {
      MATError(
        path: file.name, detail: "variable '\(name)': expected \(expected), found another value")
    }
    let names = try matlab.withVariable("nameList") { value -> [String] in
      guard let cells = value.cells else { throw wrong("nameList", "cells of names") }
      return cells.map { $0?.text ?? "" }
    }
    count = names.count
    let expected = names.count
    func numbers(_ name: String, columns: Int) throws -> [Double] {
      try matlab.withVariable(name) { value in
        guard value.shape == [expected, columns], let numbers = value.numbers else {
          throw wrong(name, "\(expected) x \(columns) numbers")
        }
        return numbers
      }
    }
    boxes = try numbers("bbox", columns: 4)
    coordinates = try numbers("data", columns: 2 * Self.points.count)
    mask =
      matlab.contains("mask_new") ? try numbers("mask_new", columns: Self.points.count) : nil
    let order = try matlab.withVariable("ra") { $0.numbers ?? [] }
    testRows = Set(order.dropFirst(Self.trainingRows).compactMap { Int(exactly: $0 - 1) })
    var places: [String: Int] = [:]
    for (row, name) in names.enumerated() {
      let place = places[name] ?? images.count
      places[name] = place
      if place == images.count { images.append((name, [])) }
      images[place].rows.append(row)
    }
  }

  private func draft(_ image: Int) -> ImageDraft {
    let (name, rows) = images[image]
    var draft = ImageDraft(path: name)
    draft.split = rows.allSatisfy(testRows.contains) ? "test" : "train"
    draft.faces = rows.map(face)
    return draft
  }

  private func face(_ row: Int) -> FaceDraft {
    var face = FaceDraft()
    func edge(_ column: Int) -> Double { boxes[column * count + row] }
    face.box = BoundingBox(left: edge(0), top: edge(2), right: edge(1), bottom: edge(3))
    var landmarks = Landmarks(layout: .aflw21)
    for (i, point) in Self.points.enumerated() {
      let place = SIMD2(
        coordinates[i * count + row], coordinates[(Self.points.count + i) * count + row])
      let isVisible = mask.map { $0[i * count + row] != 0 } ?? true
      landmarks[point] = Landmarks.Point(place, isVisible ? .visible : .occluded)
    }
    face.landmarks = landmarks
    return face
  }
}
