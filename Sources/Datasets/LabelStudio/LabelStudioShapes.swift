internal import Geometry
internal import Glibc
internal import Schema

/// The regions of one annotation. A region's parts (its geometry, its label, choices about it) are results of one id, in
/// any order.
struct LabelStudioShapes {
  /// The size of the image in pixels, as the regions state it.
  private(set) var size: SIMD2<Int>?
  /// By how many degrees the image was turned in the editor, where it was.
  private(set) var imageTurn: Double?
  private var regions: [Region] = []
  /// Of regions with ids, where there are more than a few.
  private var places: [String: Int] = [:]
  private var placed = 0
  /// Up to so many, comparing ids is faster than a hash.
  private static let few = 24
  /// Pairs of regions that belong together.
  private var relations: [(from: String, to: String)] = []

  struct Region {
    var id: String?
    var parent: String?
    /// In 0-based pixels: the corner that is the top left one before the region is turned, or the point.
    var origin: SIMD2<Double>?
    /// In pixels; nil for a point.
    var extent: SIMD2<Double>?
    /// In degrees, clockwise on the screen, about `origin`.
    var rotation = 0.0
    var label: String?
    var isOccluded = false
    var score: Double?
    /// What was chosen of it, by the names of the tags that ask, but for words on what is hidden.
    var choices: [(name: String, words: [String])] = []
  }

  /// Types of results that say something of a region or image and have no place of their own.
  private static let remarks: Set<String> = [
    "labels", "choices", "textarea", "rating", "number", "taxonomy", "datetime", "pairwise",
  ]

  /// Adds a result; one that cannot be used is an issue or a note.
  mutating func add(
    _ result: JSONValue, at place: SourceLocation, _ notes: inout LabelStudioNotes,
    _ issues: inout [RecordIssue]
  ) {
    if result["type"]?.text == "relation" {
      guard let from = result["from_id"]?.text, let to = result["to_id"]?.text else { return }
      relations.append((from, to))
      return
    }
    guard let value = result["value"], case .object(let members) = value else {
      issues.append(
        RecordIssue(
          .malformedRecord, at: place,
          "result: expected an object with a 'value', found \(result.kind)"))
      return
    }
    var region = Region(id: result["id"]?.text, parent: result["parentID"]?.text)
    let labels = members.first { $0.key.hasSuffix("labels") }
    region.label = labels?.value.elements?.first?.text
    let choices = value["choices"]?.elements?.compactMap(\.text) ?? []
    let words = choices.filter { !Self.saysOccluded($0) }
    if let name = result["from_name"]?.text, !name.isEmpty, !words.isEmpty {
      region.choices = [(name, words)]
    }
    region.isOccluded =
      words.count < choices.count
      || result["meta"].map(Self.saysOccluded(meta:)) ?? false
    region.score = (result["score"] ?? value["score"])?.number
    // What is said about a region repeats its geometry, in part.
    let type = result["type"]?.text
    let isRemark = type.map(Self.remarks.contains) ?? false
    if let x = value["x"], let y = value["y"], !isRemark {
      guard readGeometry(x, y, value, result, into: &region) else {
        issues.append(
          RecordIssue(
            .malformedRecord, at: place,
            "region\(region.id.map { " '\($0.printable)'" } ?? ""): expected numbers in per cent and an original size in pixels, found \(value.messageText)"
          ))
        return
      }
    } else if labels != nil, labels?.key != "labels" {
      notes.shapes.addOther(labels?.key ?? "")
      return
    } else if !isRemark, let type {
      notes.shapes.addOther(type)
      return
    }
    merge(region)
  }

  /// Whether what is noted of a point says that it is hidden.
  static func saysOccluded(meta: JSONValue) -> Bool {
    let texts = meta["text"].map { $0.elements ?? [$0] } ?? []
    return texts.contains { saysOccluded($0.text ?? "") }
  }

  private static func saysOccluded(_ text: String) -> Bool {
    let text = text.lowercased()
    return ["occluded", "hidden", "invisible"].contains(text)
  }

  /// - Returns: false where a number is missing or beyond what is plausible.
  private mutating func readGeometry(
    _ x: JSONValue, _ y: JSONValue, _ value: JSONValue, _ result: JSONValue,
    into region: inout Region
  ) -> Bool {
    func side(_ name: String) -> Int? {
      (result[name] ?? value[name])?.number.flatMap { Int(exactly: $0) }
    }
    guard let width = side("original_width"), let height = side("original_height"),
      PlausibleRange.imageSide.contains(SIMD2(Double(width), Double(height))),
      let x = x.number, let y = y.number
    else { return false }
    let unit = SIMD2(Double(width), Double(height)) / 100
    let origin = SIMD2(x, y) * unit
    guard PlausibleRange.coordinate.contains(origin) else { return false }
    size = SIMD2(width, height)
    if let turn = (result["image_rotation"] ?? value["image_rotation"])?.number, turn != 0 {
      imageTurn = turn
    }
    region.origin = origin
    if let w = value["width"]?.number, let h = value["height"]?.number {
      let extent = SIMD2(w, h) * unit
      guard PlausibleRange.coordinate.contains(extent) else { return false }
      region.extent = extent
    }
    if let turn = value["rotation"]?.number {
      guard abs(turn) <= 3600 else { return false }
      region.rotation = turn
    }
    return true
  }

  /// What a result states of its image.
  mutating func set(size: SIMD2<Int>, imageTurn: Double?) {
    self.size = size
    if let imageTurn, imageTurn != 0 { self.imageTurn = imageTurn }
  }

  private func place(of id: String) -> Int? {
    regions.count > Self.few ? places[id] : regions.firstIndex { $0.id == id }
  }

  private mutating func addPlaces() {
    for i in placed..<regions.count {
      if let id = regions[i].id { places[id] = i }
    }
    placed = regions.count
  }

  /// Adds a result to what others say of the same region.
  mutating func merge(_ region: Region) {
    guard let id = region.id else {
      regions.append(region)
      if regions.count > Self.few { addPlaces() }
      return
    }
    guard let place = place(of: id) else {
      regions.append(region)
      if regions.count > Self.few { addPlaces() }
      return
    }
    if regions[place].origin == nil {
      (regions[place].origin, regions[place].extent) = (region.origin, region.extent)
      regions[place].rotation = region.rotation
    }
    regions[place].label = regions[place].label ?? region.label
    regions[place].parent = regions[place].parent ?? region.parent
    regions[place].score = regions[place].score ?? region.score
    regions[place].isOccluded = regions[place].isOccluded || region.isOccluded
    regions[place].choices += region.choices
  }

  /// What was chosen of the image as a whole.
  var imageChoices: [(key: String, value: JSONValue)] {
    regions.lazy.filter { $0.origin == nil }.flatMap(\.choices).map {
      ($0.name, .text($0.words.joined(separator: " ")))
    }
  }

  /// The faces that the regions make.
  func faces(
    _ labels: PointLabels, _ options: ReadingOptions, _ notes: inout ShapeNotes
  ) -> [FaceDraft] {
    var shapes = ShapeFaces()
    let owners = owners
    for region in regions {
      guard let origin = region.origin else { continue }
      if let extent = region.extent {
        shapes.boxes.append(Self.box(region, origin, extent))
      } else {
        var (name, visibility) = PointLabels.parsed(region.label ?? "")
        if region.isOccluded, visibility == .visible { visibility = .occluded }
        let owner = region.parent ?? region.id.flatMap { owners[$0] }
        shapes.points.append(
          .init(name: name, position: origin, visibility: visibility, group: owner))
      }
    }
    return shapes.faces(labels, options, &notes)
  }

  /// For points that a relation ties to a box: the box's id.
  private var owners: [String: String] {
    if relations.isEmpty { return [:] }
    func isBox(_ id: String) -> Bool { place(of: id).map { regions[$0].extent != nil } ?? false }
    var owners: [String: String] = [:]
    for (from, to) in relations {
      if isBox(to), !isBox(from) { owners[from] = to }
      if isBox(from), !isBox(to) { owners[to] = from }
    }
    return owners
  }

  private static func box(
    _ region: Region, _ origin: SIMD2<Double>, _ extent: SIMD2<Double>
  ) -> ShapeFaces.Box {
    var face = FaceDraft()
    if region.rotation == 0 {
      face.box = BoundingBox(x: origin.x, y: origin.y, width: extent.x, height: extent.y)
    } else {
      let angle = region.rotation * .pi / 180
      let (c, s) = (cos(angle), sin(angle))
      let across = SIMD2(c, s) * extent.x
      let down = SIMD2(-s, c) * extent.y
      face.box = BoundingBox(around: [
        origin, origin + across, origin + across + down, origin + down,
      ])
      face.boxOrigin = .rotated
      face.native.append(("rotation", .double(region.rotation)))
    }
    if let label = region.label { face.native.append(("label", .text(label))) }
    for (name, words) in region.choices {
      let text = words.joined(separator: " ")
      if !face.attributes.set(name, text: text) { face.add(name, .text(text)) }
    }
    if let score = region.score, PlausibleRange.measure.contains(score) {
      face.attributes.score = score
    }
    return .init(face: face, label: region.label, group: region.id)
  }
}
