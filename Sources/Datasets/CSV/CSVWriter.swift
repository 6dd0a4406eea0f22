public import Codecs
internal import Geometry
public import Schema

/// Writes `faces.csv` (RFC 4180, with line feeds), a row for each face and one for each image without faces. Cells are
/// empty where there is nothing. Numbers have the shortest digits that read back as the same.
public struct CSVWriter: RemarkingWriter {
  private let file: OutputFile
  private let columns: [TableColumn]
  private let hasRemarks: Bool
  private let sides = WrittenSides()
  private var row: [UInt8] = []
  private var rows = 0

  /// - Parameters:
  ///   - folder: it is there.
  ///   - columns: what the table has, in order; an image's name comes first in any case.
  ///   - hasRemarks: whether there are columns `finding` and `image_finding` too.
  /// - Throws: `FileError` where the file cannot be made.
  public init(
    folder: String, columns: [TableColumn] = TableColumn.usual, hasRemarks: Bool = false
  ) throws {
    self.columns = columns.contains(.image) ? columns : [.image] + columns
    self.hasRemarks = hasRemarks
    file = try OutputFile(path: "\(folder)/faces.csv")
    let names = self.columns.flatMap(\.header) + (hasRemarks ? ["finding", "image_finding"] : [])
    try file.write((names.joined(separator: ",") + "\n").utf8)
  }

  public func losses(of record: ImageRecord) -> [String] {
    let held = Set(columns.compactMap { if case .attribute(let name) = $0 { name } else { nil } })
    var losses = RecordContents.losses(
      of: record, poses: true, layouts: Set(columns.compactMap(\.layout)), attributes: held)
    if !columns.contains(.box), !columns.contains(.boxSize), !record.faces.isEmpty {
      losses.append("boxes")
    }
    let poses = record.faces.compactMap(\.pose)
    if !columns.contains(.angles), !columns.contains(.rotation) {
      if !poses.isEmpty { losses.append("poses") }
    } else {
      if poses.contains(where: { $0.frame != .bfm }) { losses.append("the head's axes of poses") }
      if !columns.contains(.translation), poses.contains(where: { $0.translation != nil }) {
        losses.append("translations of poses")
      }
    }
    if !columns.contains(.camera), let camera = record.camera,
      camera.provenance != .assumedWidthPlusHeight
    {
      losses.append("cameras")
    }
    for attribute in record.faces.flatMap(\.attributes.members) where held.contains(attribute.name)
    {
      let isHeld = attribute.value.isScalar && attribute.value.text?.hasLineEnd != true
      let loss = "attribute '\(attribute.name)' of several values or lines"
      if !isHeld, !losses.contains(loss) { losses.append(loss) }
    }
    return losses
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord {
    guard !record.image.path.hasLineEnd else { return .nothing(RecordContents.lineEnds) }
    if record.faces.isEmpty { try write(record, nil, remarks, 0) }
    for (i, face) in record.faces.enumerated() {
      try write(record, face, remarks, i)
      sides.count(face.landmarks)
    }
    return .all(of: record)
  }

  private mutating func write(
    _ record: ImageRecord, _ face: Face?, _ remarks: ImageRemarks, _ number: Int
  ) throws {
    row.removeAll(keepingCapacity: true)
    for column in columns { add(column, record, face) }
    if hasRemarks {
      add(text: remarks.of(number).joined(separator: " "))
      add(text: remarks.image.joined(separator: " "))
    }
    row[row.count - 1] = UInt8(ascii: "\n")
    try file.write(row)
    rows += 1
  }

  public mutating func finish() throws { try file.finish() }

  public var notes: [String] {
    ["faces.csv has \(counted(rows, "row"))"] + [sides.note].compactMap { $0 }
  }

  // MARK: Cells

  private mutating func add(_ column: TableColumn, _ record: ImageRecord, _ face: Face?) {
    let box = face?.box
    let pose = face?.pose
    switch column {
    case .image: add(text: record.image.path)
    case .record: add(text: record.id)
    case .dataset: add(text: record.source.dataset)
    case .split: add(text: record.source.split ?? "")
    case .size: add([record.image.width, record.image.height].map { $0.map(Double.init) })
    case .box: add([box?.left, box?.top, box?.right, box?.bottom])
    case .boxSize: add([box?.left, box?.top, box?.width, box?.height])
    case .points, .landmarks: add(face?.landmarks, column)
    case .angles: add(pose, .aflw)
    case .euler(let convention): add(pose, convention)
    case .rotation: add(pose?.rotationVector)
    case .translation: add(pose?.translation)
    case .camera:
      let camera = record.camera?.intrinsics
      add([
        camera?.focalLength.x, camera?.focalLength.y, camera?.principalPoint.x,
        camera?.principalPoint.y,
      ])
    case .attribute(let name):
      let value = face?.attributes.members.first { $0.name == name }?.value
      add(text: value.map { $0.text ?? $0.messageText } ?? "")
    }
  }

  private mutating func add(_ landmarks: Landmarks?, _ column: TableColumn) {
    guard let landmarks, landmarks.layout == column.layout else {
      add([Double?](repeating: nil, count: column.header.count))
      return
    }
    for i in 0..<landmarks.count {
      let position = landmarks.position(i)
      add([position?.x, position?.y, Double(landmarks[i].visibility.number)])
    }
  }

  private mutating func add(_ pose: HeadPose?, _ convention: EulerConvention) {
    let angles = pose.map { convention.angles(of: $0.rotation).inDegrees }
    add([angles?.pitch, angles?.yaw, angles?.roll])
  }

  private mutating func add(_ vector: SIMD3<Double>?) { add([vector?.x, vector?.y, vector?.z]) }

  /// Each cell is followed by a comma, of which the last becomes the row's line feed.
  private mutating func add(_ numbers: [Double?]) {
    for number in numbers {
      if let number { row.append(contentsOf: number.shortText.utf8) }
      row.append(UInt8(ascii: ","))
    }
  }

  private mutating func add(text: String) {
    let quote = UInt8(ascii: "\"")
    let (first, last) = (text.utf8.first, text.utf8.last)
    let isQuoted =
      text.utf8.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 < 0x20 }
      || first == UInt8(ascii: " ") || last == UInt8(ascii: " ")
    if isQuoted { row.append(quote) }
    for byte in text.utf8 {
      if byte == quote { row.append(quote) }
      // A line end in a text would end the row for many readers.
      row.append(byte == 0x0A || byte == 0x0D ? UInt8(ascii: " ") : byte)
    }
    if isQuoted { row.append(quote) }
    row.append(UInt8(ascii: ","))
  }
}
