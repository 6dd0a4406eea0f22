internal import Datasets
internal import Schema

/// What `diff` found, printed as it comes and counted.
struct DiffReport {
  enum Side: String { case first, second }

  /// How often a field differed, and by how much.
  private struct Spread {
    var count = 0
    var amounts = 0
    var sum = 0.0
    var largest = 0.0
  }

  private var same = 0
  private var changed = 0
  private var onlyImages: [Side: Int] = [:]
  private var matchedFaces = 0
  private var changedFaces = 0
  private var onlyFaces: [Side: Int] = [:]
  private var spreads: [RecordComparison.Field: Spread] = [:]
  private let limit: Int
  private let json: Bool
  private let print: (String) -> Void

  init(limit: Int, json: Bool, print: @escaping (String) -> Void) {
    (self.limit, self.json, self.print) = (limit, json, print)
  }

  var isSame: Bool { changed == 0 && onlyImages.isEmpty }

  private var differing: Int { changed + onlyImages.values.reduce(0, +) }

  /// An image that one file alone has.
  mutating func add(only side: Side, _ record: ImageRecord) throws {
    onlyImages[side, default: 0] += 1
    guard differing <= limit else { return }
    if json {
      print(
        try JSONValue.object([
          ("image", .text(record.image.path)), ("status", .text("only-in-\(side.rawValue)")),
          (side.rawValue, .text("\(record.location)")), ("faces", .integer(record.faces.count)),
        ]).compactText + "\n")
    } else {
      show(
        "\(record.location): image '\(record.image.path)': only in the \(side.rawValue), with \(counted(record.faces.count, "face"))"
      )
    }
  }

  /// An image that both have.
  mutating func add(
    _ result: RecordComparison.Result, _ first: ImageRecord, _ second: ImageRecord
  ) throws {
    matchedFaces += result.matched
    guard !result.isSame else { return same += 1 }
    changed += 1
    for difference in result.image { count(difference) }
    for face in result.faces {
      if face.second == nil {
        onlyFaces[.first, default: 0] += 1
      } else if face.first == nil {
        onlyFaces[.second, default: 0] += 1
      } else {
        changedFaces += 1
      }
      for difference in face.differences { count(difference) }
    }
    guard differing <= limit else { return }
    if json {
      print(try Self.json(result, first, second).compactText + "\n")
    } else {
      printText(result, first, second)
    }
  }

  private mutating func count(_ difference: RecordComparison.Difference) {
    var spread = spreads[difference.field] ?? Spread()
    spread.count += 1
    if let amount = difference.amount {
      spread.amounts += 1
      spread.sum += amount
      spread.largest = max(spread.largest, amount)
    }
    spreads[difference.field] = spread
  }

  private func printText(
    _ result: RecordComparison.Result, _ first: ImageRecord, _ second: ImageRecord
  ) {
    show("\(first.location), \(second.location): image '\(first.image.path)': changed")
    if !result.image.isEmpty { show("  image: \(Self.text(result.image))") }
    for face in result.faces {
      switch (face.first, face.second) {
      case (let i?, let j?):
        let name = i == j ? "\(i + 1)" : "\(i + 1) and \(j + 1)"
        show("  face \(name): \(Self.text(face.differences))")
      case (let i?, nil): show("  face \(i + 1): only in the first")
      case (nil, let j?): show("  face \(j + 1): only in the second")
      case (nil, nil): break
      }
    }
  }

  private static func text(_ differences: [RecordComparison.Difference]) -> String {
    differences.map { difference in
      var text = difference.field.rawValue
      if let amount = difference.amount {
        text += " \(amount.short)" + (difference.field.unit.map { " \($0)" } ?? "")
      }
      return text + (difference.detail.map { " (\($0))" } ?? "")
    }.joined(separator: ", ")
  }

  private static func json(
    _ result: RecordComparison.Result, _ first: ImageRecord, _ second: ImageRecord
  ) -> JSONValue {
    .object([
      ("image", .text(first.image.path)), ("status", .text("changed")),
      ("first", .text("\(first.location)")), ("second", .text("\(second.location)")),
      ("fields", json(result.image)),
      (
        "faces",
        .array(
          result.faces.map { face in
            .object([
              ("first", face.first.map { .integer($0) } ?? .null),
              ("second", face.second.map { .integer($0) } ?? .null),
              ("fields", json(face.differences)),
            ])
          })
      ),
    ])
  }

  /// For each field by how much it differs, or what does, or null.
  private static func json(_ differences: [RecordComparison.Difference]) -> JSONValue {
    .object(
      differences.map {
        ($0.field.rawValue, $0.amount.map { .double($0) } ?? $0.detail.map { .text($0) } ?? .null)
      })
  }

  private func show(_ line: String) { print(line.printable + "\n") }

  func printSummary() throws {
    let (images, faces) = (onlyImages, onlyFaces)
    if json {
      let counts = { (same: Int, changed: Int, only: [Side: Int]) -> JSONValue in
        .object([
          ("same", .integer(same)), ("changed", .integer(changed)),
          ("only_in_first", .integer(only[.first] ?? 0)),
          ("only_in_second", .integer(only[.second] ?? 0)),
        ])
      }
      let summary = JSONValue.object([
        ("images", counts(same, changed, images)),
        ("faces", counts(matchedFaces - changedFaces, changedFaces, faces)),
        ("fields", .object(namedSpreads.map { ($0.rawValue, Self.json($1)) })),
      ])
      return print(try JSONValue.object([("summary", summary)]).compactText + "\n")
    }
    if differing > limit { show("and \(differing - limit) more images") }
    show(
      "images    \(same) the same, \(changed) changed, \(images[.first] ?? 0) only in the first, \(images[.second] ?? 0) only in the second"
    )
    show(
      "faces     \(matchedFaces - changedFaces) the same, \(changedFaces) changed, \(faces[.first] ?? 0) only in the first, \(faces[.second] ?? 0) only in the second, of images in both"
    )
    for (field, spread) in namedSpreads {
      var line = "\(field.rawValue): \(spread.count) changed"
      if spread.amounts > 0 {
        line +=
          ", by \((spread.sum / Double(spread.amounts)).short) in the mean and at most \(spread.largest.short)"
          + (field.unit.map { " \($0)" } ?? "")
      }
      show("  " + line)
    }
  }

  private var namedSpreads: [(RecordComparison.Field, Spread)] {
    RecordComparison.Field.allCases.compactMap { field in spreads[field].map { (field, $0) } }
  }

  private static func json(_ spread: Spread) -> JSONValue {
    guard spread.amounts > 0 else { return .object([("count", .integer(spread.count))]) }
    return .object([
      ("count", .integer(spread.count)),
      ("mean", .double(spread.sum / Double(spread.amounts))), ("max", .double(spread.largest)),
    ])
  }
}
