internal import Geometry
internal import Schema

// Tasks as Label Studio writes them, in one pass without a tree of values: one annotation of boxes and points, each member
// once. Whatever is of another shape is left to the reader of all tasks, which also says what is wrong; so what is taken
// here must be a part of what is taken there, with the same values.
extension LabelStudioTask {
  /// The image of the task that begins at a position, and its regions; nil where the task is of another shape, and then
  /// some regions may have been added.
  static func usual(
    _ bytes: UnsafeRawBufferPointer, at position: Int, _ shapes: inout LabelStudioShapes
  ) -> ImageDraft? {
    var json = JSONScanner(bytes, at: position)
    return try? draft(&json, &shapes)
  }

  private static func draft(
    _ json: inout JSONScanner, _ shapes: inout LabelStudioShapes
  ) throws(JSONScanner.OtherShape) -> ImageDraft {
    var (id, who, address) = (JSONValue?.none, JSONValue?.none, String?.none)
    var isAnnotated = false
    try json.enter("{")
    while let name = try json.nextName() {
      if name == "id" {
        try once(id == nil)
        id = try json.value(depth: 1)
      } else if name == "data" {
        try once(address == nil)
        address = try image(&json)
      } else if name == "annotations" {
        try once(!isAnnotated)
        isAnnotated = true
        who = try annotation(&json, &shapes)
      } else if name == "completions" {
        throw JSONScanner.OtherShape()
      } else {
        try json.skipValue(depth: 1)
      }
    }
    guard isAnnotated, let path = address.flatMap(path) else { throw JSONScanner.OtherShape() }
    var draft = ImageDraft(path: path)
    if let id { draft.native.append(("id", id)) }
    if let who { draft.native.append(("completed_by", who)) }
    return draft
  }

  fileprivate static func once(_ isFirst: Bool) throws(JSONScanner.OtherShape) {
    guard isFirst else { throw JSONScanner.OtherShape() }
  }

  private static func image(_ json: inout JSONScanner) throws(JSONScanner.OtherShape) -> String {
    var address: String?
    try json.enter("{")
    while let name = try json.nextName() {
      if name == "image" {
        try once(address == nil)
        address = try json.text()
      } else {
        try json.skipValue(depth: 2)
      }
    }
    guard let address else { throw JSONScanner.OtherShape() }
    return address
  }

  /// The list of annotations, of which there is one.
  ///
  /// - Returns: who made it, where that is said.
  private static func annotation(
    _ json: inout JSONScanner, _ shapes: inout LabelStudioShapes
  ) throws(JSONScanner.OtherShape) -> JSONValue? {
    var (who, isRead) = (JSONValue?.none, false)
    try json.enter("[")
    try once(try json.hasElement())
    try json.enter("{")
    while let name = try json.nextName() {
      if name == "result" {
        try once(!isRead)
        isRead = true
        try json.enter("[")
        while try json.hasElement() { try shapes.add(&json) }
      } else if name == "was_cancelled" {
        guard try json.value(depth: 3) == .boolean(false) else { throw JSONScanner.OtherShape() }
      } else if name == "completed_by" {
        try once(who == nil)
        who = try json.value(depth: 3)
      } else {
        try json.skipValue(depth: 3)
      }
    }
    try once(!json.hasElement())
    return who.flatMap { $0.isScalar ? $0 : nil }
  }
}

extension LabelStudioShapes {
  /// The members of a result that tell a region.
  private struct Result {
    var (id, parent, type) = (String?.none, String?.none, String?.none)
    var (width, height, turn) = (Double?.none, Double?.none, Double?.none)
    var score: Double?
    var isOccluded: Bool?
    var value: Value?
  }

  /// In per cent of the image.
  private struct Value {
    var (x, y, width, height, rotation) = (
      Double?.none, Double?.none, Double?.none, Double?.none, Double?.none
    )
    var (label, hasLabels) = (String?.none, false)
  }

  private static let otherTypes = ["relation", "labels", "choices", "textarea", "rating"]

  /// Adds a result: a box or a point with all that a region has.
  fileprivate mutating func add(_ json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    let result = try Self.result(&json)
    guard let value = result.value, let x = value.x, let y = value.y,
      result.type.map({ !Self.otherTypes.contains($0) }) ?? true,
      let width = result.width.flatMap({ Int(exactly: $0) }),
      let height = result.height.flatMap({ Int(exactly: $0) }),
      PlausibleRange.imageSide.contains(SIMD2(Double(width), Double(height)))
    else { throw JSONScanner.OtherShape() }
    let unit = SIMD2(Double(width), Double(height)) / 100
    var region = Region(id: result.id, parent: result.parent, label: value.label)
    let origin = SIMD2(x, y) * unit
    guard PlausibleRange.coordinate.contains(origin) else { throw JSONScanner.OtherShape() }
    region.origin = origin
    if let w = value.width, let h = value.height {
      let extent = SIMD2(w, h) * unit
      guard PlausibleRange.coordinate.contains(extent) else { throw JSONScanner.OtherShape() }
      region.extent = extent
    }
    if let rotation = value.rotation {
      guard abs(rotation) <= 3600 else { throw JSONScanner.OtherShape() }
      region.rotation = rotation
    }
    region.score = result.score
    region.isOccluded = result.isOccluded ?? false
    set(size: SIMD2(width, height), imageTurn: result.turn)
    merge(region)
  }

  private static func result(_ json: inout JSONScanner) throws(JSONScanner.OtherShape) -> Result {
    var result = Result()
    try json.enter("{")
    while let name = try json.nextName() {
      if name == "original_width" {
        try number(&json, &result.width)
      } else if name == "original_height" {
        try number(&json, &result.height)
      } else if name == "image_rotation" {
        try number(&json, &result.turn)
      } else if name == "id" {
        try text(&json, &result.id)
      } else if name == "parentID" {
        try text(&json, &result.parent)
      } else if name == "type" {
        try text(&json, &result.type)
      } else if name == "value" {
        guard result.value == nil else { throw JSONScanner.OtherShape() }
        result.value = try geometry(&json)
      } else if name == "score" {
        try number(&json, &result.score)
      } else if name == "meta" {
        guard result.isOccluded == nil else { throw JSONScanner.OtherShape() }
        result.isOccluded = Self.saysOccluded(meta: try json.value(depth: 5))
      } else {
        try json.skipValue(depth: 5)
      }
    }
    return result
  }

  private static func geometry(
    _ json: inout JSONScanner
  ) throws(JSONScanner.OtherShape) -> Value {
    var value = Value()
    try json.enter("{")
    while let name = try json.nextName() {
      if name == "x" {
        try number(&json, &value.x)
      } else if name == "y" {
        try number(&json, &value.y)
      } else if name == "width" {
        try number(&json, &value.width)
      } else if name == "height" {
        try number(&json, &value.height)
      } else if name == "rotation" {
        try number(&json, &value.rotation)
      } else if name.count >= 6, UnsafeRawBufferPointer(rebasing: name.suffix(6)) == "labels" {
        guard !value.hasLabels, name.allSatisfy({ $0 < 0x80 }) else {
          throw JSONScanner.OtherShape()
        }
        value.hasLabels = true
        try json.enter("[")
        while try json.hasElement() {
          if value.label == nil {
            value.label = try json.text()
          } else {
            try json.skipValue(depth: 7)
          }
        }
      } else if name == "choices" || name == "score" || name == "original_width"
        || name == "original_height" || name == "image_rotation"
      {
        throw JSONScanner.OtherShape()
      } else {
        try json.skipValue(depth: 6)
      }
    }
    return value
  }

  private static func number(
    _ json: inout JSONScanner, _ number: inout Double?
  ) throws(JSONScanner.OtherShape) {
    guard number == nil else { throw JSONScanner.OtherShape() }
    number = try json.number()
  }

  private static func text(
    _ json: inout JSONScanner, _ text: inout String?
  ) throws(JSONScanner.OtherShape) {
    guard text == nil else { throw JSONScanner.OtherShape() }
    text = try json.text()
  }
}
