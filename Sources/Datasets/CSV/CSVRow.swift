internal import Codecs
internal import Geometry
internal import Schema

/// Reads the rows of a table: a face each, or an image without faces where nothing but its name is there. Empty cells
/// and NaN are missing, and so are points at -1, -1.
struct CSVRow: RowForm, SidedForm {
  private let mark: UInt8?
  private let image: Int
  private let box: [Int]
  private let boxForm: ColumnMap.BoxForm
  private let points: [(x: Int, y: Int, visibility: Int?)]
  private let map: PointMap?
  private let names: [String]
  /// The places of pitch, yaw and roll.
  private let angles: [Int]
  private let angleUnit: AngleUnit
  /// The places of the translation that goes with them; three or none.
  private let metres: [Int]
  private let unknownPlace: [String]
  /// Columns of some angles, but not of all three.
  private let fewAngles: [String]
  var notes = Notes()
  /// Fewer boxes may well be of a few pixels.
  private static let fewestBoxes = 5
  private let doubtsUnit: Bool
  private let rotation: CSVRotation?
  /// What is said of rotations that are not read.
  private let demand: String?
  private let (subject, sequence, score): (Int?, Int?, Int?)
  /// Columns that are kept as they are.
  private let others: [(name: String, place: Int)]
  /// As messages name them.
  private let columnNames: [String]
  /// How many cells a row has; of a table without a header, at least as many as the columns that are read need.
  private let cells: ClosedRange<Int>
  var options: ReadingOptions
  private var fields = TextFields()
  /// Where all columns but the image's are of numbers: the row, if each cell is one.
  private var plain: PlainRow?
  /// The row's points.
  private var rowPoints: [Landmarks.Point] = []

  /// What is counted over rows.
  struct Notes: FormNotes {
    /// How many faces have a box, and whether none is beyond 1.
    var (boxes, areFractions) = (0, true)
    var doubt = AngleDoubt()
    /// How many rows have points that mean none of a layout's.
    var unmapped = 0

    mutating func add(_ next: Notes) {
      boxes += next.boxes
      areFractions = areFractions && next.areFractions
      doubt.add(next.doubt)
      unmapped += next.unmapped
    }
  }

  init(
    _ map: ColumnMap, _ header: CSVHeader, hasNames: Bool, _ options: ReadingOptions
  ) {
    func place(_ column: String?) -> Int? {
      column.flatMap { header.place(of: $0, hasNames: hasNames) }
    }
    mark = header.mark
    image = place(map.image) ?? 0
    let boxPlaces = map.box.compactMap { place($0) }
    box = boxPlaces.count == 4 ? boxPlaces : []
    boxForm = map.boxForm
    points = map.points.compactMap { point in
      guard let x = place(point.x), let y = place(point.y) else { return nil }
      return (x, y, place(point.visibility))
    }
    names = map.points.map(\.name)
    self.map = PointMap(names: names, renames: options.pointNames)
    let anglePlaces = [map.pitch, map.yaw, map.roll].compactMap { place($0) }
    angles = anglePlaces.count == 3 ? anglePlaces : []
    fewAngles = angles.isEmpty ? [map.pitch, map.yaw, map.roll].compactMap { $0 } : []
    metres = map.metres.compactMap { place($0) }
    unknownPlace = map.unknownPlace
    angleUnit = map.isInRadians ? .radians : options.angleUnit ?? .degrees
    let isToldDegrees = map.yaw?.lowercased().contains("deg") == true
    doubtsUnit = !map.isInRadians && !isToldDegrees && options.angleUnit == nil
    (subject, sequence, score) = (place(map.subject), place(map.sequence), place(map.score))
    rotation = map.rotation.flatMap { CSVRotation($0, options, place) }
    demand = CSVRotation.demand(of: map.rotation, options)
    let rotations = Set((map.rotation?.columns ?? []).compactMap { place($0) })
    let used = Set(map.columns.compactMap { place($0) }).subtracting(rotations)
      .subtracting(angles.isEmpty ? anglePlaces : [])
      .union(rotation?.places ?? [])
    columnNames = header.names.enumerated().map { hasNames ? $1 : "column \($0 + 1)" }
    others = zip(columnNames, 0...).filter { !used.contains($1) }.map { (name: $0, place: $1) }
    cells = hasNames ? header.names.count...header.names.count : (used.max() ?? 0) + 1...Int.max
    self.options = options
    let hasTexts = subject != nil || sequence != nil || rotation != nil || !others.isEmpty
    if let mark = header.mark, !hasTexts {
      plain = PlainRow(columns: header.names.count, image: image, mark: mark)
    }
  }

  var hasNamedSides: Bool { map?.hasSides == true }

  // MARK: Rows

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let field: UnsafeRawBufferPointer?
    if let mark {
      field = TextFields.field(image, of: line, at: mark)
    } else {
      let fields = TextFields(line)
      field = image < fields.count ? fields[image] : nil
    }
    return field.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Two quotation marks stand for one (RFC 4180).
  func path(of name: String) -> String {
    mark == nil || !name.holds("\"\"") ? name : name.replacing("\"\"", with: "\"")
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    if !readPlain(line) {
      fields.read(line, at: mark)
      try requireCells()
    }
    var face = FaceDraft()
    face.box = try boundingBox()
    let hasPoints = try readPoints(into: &face)
    // Sides are counted by now, and no face is asked for.
    if options.sideVote?.isOpen == true { return }
    if let box = face.box { watch(box) }
    do throws(RowProblem) {
      try readAngles(into: &face)
      if let rotation { face.pose = try rotation.pose(number) ?? face.pose }
    } catch {
      // The row's box and points are as good without a pose.
      guard face.box != nil || hasPoints else { throw error }
      draft.issues.append(RecordIssue(.missingPose, at: place, error.detail))
    }
    guard face.box != nil || hasPoints || face.hasPose else { return }
    if face.box == nil, !hasPoints {
      face.setWholeImage(draft.size ?? options.imageSize(of: draft.path))
    }
    if let subject, let text = text(subject) { face.add("subject_id", .text(text)) }
    if let sequence, let text = text(sequence) { face.add("sequence", .text(text)) }
    if let score, let number = try number(score), PlausibleRange.measure.contains(number) {
      face.attributes.score = number
    }
    if options.keepsNative {
      for (name, place) in others {
        if let text = text(place) { face.native.append((name, .text(text))) }
      }
    }
    draft.faces.append(face)
  }

  mutating func addUsualFace(
    in line: UnsafeRawBufferPointer, number: Int32, to faces: inout [Face]
  ) -> Bool {
    guard box.count == 4, angles.isEmpty, points.isEmpty || map?.others.isEmpty == true,
      readPlain(line)
    else { return false }
    let bounds = boundingBox(
      plainNumber(box[0]), plainNumber(box[1]), plainNumber(box[2]), plainNumber(box[3]))
    guard bounds.isPlausible, !bounds.isDegenerate else { return false }
    let landmarks = points.isEmpty ? nil : landmarks
    guard landmarks?.arePlausible != false,
      score.map({ PlausibleRange.measure.contains(plainNumber($0)) }) != false
    else { return false }
    // In its place, as a face is large.
    faces.append(Face(box: bounds))
    let last = faces.count - 1
    faces[last].landmarks = landmarks
    if let score { faces[last].attributes.score = plainNumber(score) }
    faces[last].sourceLine = number
    watch(bounds)
    return true
  }

  private mutating func watch(_ box: BoundingBox) {
    notes.boxes += 1
    guard notes.areFractions else { return }
    notes.areFractions = [box.left, box.top, box.right, box.bottom].allSatisfy { abs($0) <= 1 }
  }

  mutating func countSides(in line: UnsafeRawBufferPointer, at place: SourceLocation) {
    if readPlain(line) {
      _ = landmarks
    } else {
      var draft = ImageDraft(path: "")
      try? read(line, into: &draft, at: place)
    }
  }

  /// The landmarks of a plain row.
  private var landmarks: Landmarks? {
    guard let map, let numbers = plain?.numbers else { return nil }
    // The closure would copy all of this.
    let points = points
    return map.landmarks(options) { place in
      let point = points[place]
      let position = SIMD2(numbers[point.x], numbers[point.y])
      let v = point.visibility.map { numbers[$0] } ?? 2
      if position == [-1, -1] || v <= 0 { return .missing }
      return Landmarks.Point(position, v == 1 ? .occluded : .visible)
    }
  }

  /// - Returns: false where the row is not plain.
  private mutating func readPlain(_ line: UnsafeRawBufferPointer) -> Bool {
    plain?.read(line) ?? false
  }

  private func plainNumber(_ place: Int) -> Double { plain?.numbers[place] ?? .nan }

  private func text(_ place: Int) -> String? {
    guard place < fields.count, !fields[place].isEmpty else { return nil }
    return fields.text(place)
  }

  /// - Returns: nil for an empty cell or NaN.
  /// - Throws: `RowProblem` for another text.
  private func number(_ place: Int) throws(RowProblem) -> Double? {
    if let plain, plain.isRead { return plain.numbers[place] }
    guard place < fields.count, !fields[place].isEmpty else { return nil }
    guard let number = fields.number(place) else {
      throw RowProblem(expected: "a number in '\(columnNames[place])'", found: shown(place))
    }
    return number.isNaN ? nil : number
  }

  /// A cell's text in quotation marks.
  private func shown(_ place: Int) -> String {
    if let plain, plain.isRead { return "\(plain.numbers[place])" }
    guard place < fields.count, !fields[place].isEmpty else { return "an empty cell" }
    return "'\(fields.text(place).prefix(40))'"
  }

  /// The numbers of columns that belong together.
  ///
  /// - Parameter takesNaN: whether NaN in all of them says that there are none, as an empty cell does.
  /// - Returns: nil where there are none.
  /// - Throws: `RowProblem` where one is empty and another is not, or holds no number.
  private func group(_ places: [Int], takesNaN: Bool) throws(RowProblem) -> [Double]? {
    var (found, missing) = ([Double](), [Int]())
    found.reserveCapacity(places.count)
    for place in places {
      if let number = try number(place) { found.append(number) } else { missing.append(place) }
    }
    guard let first = missing.first else { return found }
    let areEmpty = missing.allSatisfy { $0 >= fields.count || fields[$0].isEmpty }
    if found.isEmpty, areEmpty || takesNaN { return nil }
    throw RowProblem(
      expected: "numbers in '\(places.map { columnNames[$0] }.joined(separator: "', '"))'",
      found: "\(shown(first)) in '\(columnNames[first])'")
  }

  /// - Throws: `RowProblem` where cells are missing or left over: a name with the mark between cells in it, or a line that was
  ///   cut, would move numbers to other columns. A name alone is an image without faces.
  private func requireCells() throws(RowProblem) {
    var count = fields.count
    while count > cells.upperBound, fields[count - 1].isEmpty { count -= 1 }
    // A name alone is an image without faces; a line that was cut off is not.
    let isNameAlone = count == 1 && image == 0 && FileEnding.isImage(fields[0])
    if cells.contains(count) || isNameAlone { return }
    let expected =
      cells.upperBound == .max
      ? "\(cells.lowerBound) or more cells" : "\(cells.lowerBound) cells, as the header has"
    throw RowProblem(
      expected: expected,
      found: count > cells.upperBound
        ? "\(count); a text with the mark between cells in it needs quotation marks" : "\(count)")
  }

  private func boundingBox() throws(RowProblem) -> BoundingBox? {
    guard !box.isEmpty, let numbers = try group(box, takesNaN: true) else { return nil }
    return boundingBox(numbers[0], numbers[1], numbers[2], numbers[3])
  }

  private func boundingBox(
    _ first: Double, _ second: Double, _ third: Double, _ fourth: Double
  ) -> BoundingBox {
    switch boxForm {
    case .corners: BoundingBox(left: first, top: second, right: third, bottom: fourth)
    case .size: BoundingBox(x: first, y: second, width: third, height: fourth)
    }
  }

  /// - Returns: whether there are points.
  private mutating func readPoints(into face: inout FaceDraft) throws(RowProblem) -> Bool {
    rowPoints.removeAll(keepingCapacity: true)
    var hasPoints = false
    for point in points {
      guard let x = try number(point.x), let y = try number(point.y), x != -1 || y != -1 else {
        rowPoints.append(.missing)
        continue
      }
      var v = 2.0
      if let place = point.visibility { v = try number(place) ?? 2 }
      if v > 0 { hasPoints = true }
      rowPoints.append(
        v <= 0 ? .missing : Landmarks.Point(SIMD2(x, y), v == 1 ? .occluded : .visible))
    }
    if !face.hasBox {
      face.points = rowPoints.compactMap { $0.visibility == .missing ? nil : $0.position }
    }
    let read = rowPoints
    face.landmarks = map?.landmarks(options) { read[$0] }
    guard hasPoints, map == nil || map?.others.isEmpty == false else { return hasPoints }
    notes.unmapped += 1
    for place in map?.others ?? Array(rowPoints.indices)
    where rowPoints[place].visibility != .missing {
      let position = rowPoints[place].position
      face.native.append((names[place], .array([.double(position.x), .double(position.y)])))
    }
    return hasPoints
  }

  private mutating func readAngles(into face: inout FaceDraft) throws(RowProblem) {
    // A row of NaN is a pose that a network failed to give, where there is nothing else.
    let takesNaN = face.box != nil || !rowPoints.isEmpty
    guard !angles.isEmpty, let numbers = try group(angles, takesNaN: takesNaN) else { return }
    for (place, number) in zip(angles, numbers)
    where !(abs(number * angleUnit.inDegrees) <= 360) {
      throw RowProblem(
        expected: "an angle up to 360 degrees in '\(columnNames[place])'", found: shown(place))
    }
    try face.setAngles(numbers, in: angleUnit)
    if metres.count == 3, let place = try group(metres, takesNaN: true) {
      face.anglesPlace = try CSVRotation.place(place, columnNames[metres[0]])
    }
    if doubtsUnit { notes.doubt.add(numbers) }
  }

  func notes(at place: SourceLocation) -> [RecordIssue] {
    var issues = demand.map { [RecordIssue(.missingPose, at: place, $0)] } ?? []
    issues += notes.doubt.issues(at: place)
    if !unknownPlace.isEmpty { issues.append(Self.unknownPlace(unknownPlace, at: place)) }
    if !fewAngles.isEmpty { issues.append(Self.fewAngles(fewAngles, at: place)) }
    if notes.areFractions, notes.boxes >= Self.fewestBoxes {
      issues.append(Self.fractions(notes.boxes, at: place))
    }
    if notes.unmapped > 0 {
      issues.append(
        Self.unmapped(map?.others.map { names[$0] } ?? names, rows: notes.unmapped, at: place))
    }
    return issues
  }
}
