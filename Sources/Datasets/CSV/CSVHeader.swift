internal import Codecs
internal import Schema

/// The first line of a table, with the mark between its fields.
struct CSVHeader {
  let mark: UInt8?
  /// As written.
  let names: [String]

  /// The names' plain forms: in lower case, of letters, digits and underscores.
  private var plain: [String] { names.map(Self.plain) }

  init(_ line: UnsafeRawBufferPointer) {
    let marks = [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: ",")]
    mark = marks.first(where: line.contains)
    let fields = TextFields(line, at: mark)
    names = (0..<fields.count).map(fields.text)
  }

  /// The place of a column by its name, or by its number from 1 where `hasNames` is false.
  func place(of column: String, hasNames: Bool) -> Int? {
    guard hasNames else {
      return Int(column).flatMap { (1...names.count).contains($0) ? $0 - 1 : nil }
    }
    return names.firstIndex(of: column) ?? plain.firstIndex(of: Self.plain(column))
  }

  static func plain(_ name: String) -> String {
    let name = name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
    return String(name).split(separator: "_").joined(separator: "_")
  }

  static let images = [
    "image", "img", "file", "filename", "file_name", "path", "image_path", "img_path", "image_id",
    "image_name", "img_name", "filepath", "file_path", "frame_path", "name",
  ]
  static let boxes: [([String], ColumnMap.BoxForm)] = [
    (["x1", "y1", "x2", "y2"], .corners), (["left", "top", "right", "bottom"], .corners),
    (["xmin", "ymin", "xmax", "ymax"], .corners),
    (["x_min", "y_min", "x_max", "y_max"], .corners), (["x", "y", "width", "height"], .size),
    (["x", "y", "w", "h"], .size), (["left", "top", "width", "height"], .size),
    (["x_1", "y_1", "width", "height"], .size),
    (["bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"], .corners),
    (["bbox_x", "bbox_y", "bbox_w", "bbox_h"], .size),
    (["bbox_x", "bbox_y", "bbox_width", "bbox_height"], .size),
    (["box_x", "box_y", "box_w", "box_h"], .size),
  ]
  private static let subjects = ["subject", "subject_id", "person", "person_id", "identity"]
  /// Names of translations.
  static let places: [[String]] =
    (RotationColumns.placeStems + ["position_", "pos_"]).flatMap { stem in
      ["", "_m", "_mm", "_cm"].map { unit in ["x", "y", "z"].map { stem + $0 + unit } }
    }
  private static let sequences = ["sequence", "sequence_id", "video", "video_id", "clip"]
  static let scores = ["score", "confidence", "conf"]
  /// Short names of the five points that are usual in headers.
  private static let shortPoints = [
    "le": "left_eye", "re": "right_eye", "n": "nose", "lm": "left_mouth", "rm": "right_mouth",
  ]

  /// The map that plain names give: an image, and a box, a pose or points; nil where there are none.
  var map: ColumnMap? {
    let plain = plain
    func column(_ names: [String]) -> String? {
      names.lazy.compactMap { plain.firstIndex(of: $0) }.first.map { self.names[$0] }
    }
    func angle(_ name: String) -> String? {
      column([name, "\(name)_deg", "\(name)_degrees", "pred_\(name)", "head_\(name)"])
    }
    var map = ColumnMap()
    map.image = column(Self.images)
    guard map.image != nil else { return nil }
    for (names, form) in Self.boxes where map.box.isEmpty {
      let found = names.compactMap { column([$0]) }
      if found.count == 4 { (map.box, map.boxForm) = (found, form) }
    }
    (map.pitch, map.yaw, map.roll) = (angle("pitch"), angle("yaw"), angle("roll"))
    if map.yaw == nil, let yaw = column(["yaw_rad", "yaw_radians"]) {
      (map.yaw, map.isInRadians) = (yaw, true)
      map.pitch = column(["pitch_rad", "pitch_radians"])
      map.roll = column(["roll_rad", "roll_radians"])
    }
    map.subject = column(Self.subjects)
    map.sequence = column(Self.sequences)
    map.score = column(Self.scores)
    map.rotation = RotationColumns { column([$0]) }
    let hasAngles = map.pitch != nil && map.yaw != nil && map.roll != nil
    let metres = TableColumn.translation.header.compactMap { column([$0]) }
    if hasAngles, metres.count == 3 { map.metres = metres }
    let read = map.metres + (map.rotation?.translation ?? [])
    let place = Self.places.lazy.map { names in names.compactMap { column([$0]) } }
      .first { $0.count == 3 }
    if hasAngles || map.rotation != nil, let place, read.isEmpty { map.unknownPlace = place }
    map.points = points(
      besides: Set(map.box + map.unknownPlace + map.metres + (map.rotation?.columns ?? [])))
    let hasPose = hasAngles || map.rotation != nil
    return map.box.isEmpty && map.points.isEmpty && !hasPose ? nil : map
  }

  /// Pairs of columns whose names differ in x and y alone, at their beginning or end; a third with v tells visibility.
  private func points(besides used: Set<String>) -> [ColumnMap.Point] {
    let plain = plain
    let places = Dictionary(
      plain.enumerated().map { ($1, $0) }, uniquingKeysWith: { one, _ in one })
    var points: [ColumnMap.Point] = []
    for (i, name) in plain.enumerated() where !used.contains(names[i]) {
      let (partner, visibility, stem): (String, String, Substring)
      if name.count > 1, name.last == "x" {
        stem = name.dropLast()
        (partner, visibility) = (stem + "y", stem + "v")
      } else if name.count > 1, name.first == "x" {
        stem = name.dropFirst()
        (partner, visibility) = ("y" + stem, "v" + stem)
      } else {
        continue
      }
      guard let y = places[partner] else { continue }
      let point = stem.split(separator: "_").joined(separator: "_")
      points.append(
        ColumnMap.Point(
          name: Self.shortPoints[point] ?? point, x: names[i], y: names[y],
          visibility: places[visibility].map { names[$0] }))
    }
    return points
  }
}
