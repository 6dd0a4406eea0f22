internal import Geometry
internal import Schema

/// Reads the rotation of a table's rows.
struct CSVRotation {
  private let form: RotationColumns.Form
  private let rotation: [Int]
  private let translation: [Int]
  /// Nil where the user names none that such columns may be in; they are then not read.
  let notation: PoseNotation?

  /// - Parameter place: a column's place; nil where there is none.
  init?(
    _ columns: RotationColumns, _ options: ReadingOptions, _ place: (String?) -> Int?
  ) {
    form = columns.form
    rotation = columns.rotation.compactMap { place($0) }
    notation = Self.notation(of: columns, options)
    // A notation of rotation alone leaves a translation aside.
    let places = columns.translation.compactMap { place($0) }
    translation = notation?.hasTranslation == true && places.count == 3 ? places : []
    guard rotation.count == form.count else { return nil }
  }

  /// The columns that are read.
  var places: [Int] { notation == nil ? [] : rotation + translation }

  /// What the user names, where such columns may be in it; nil otherwise.
  static func notation(
    of columns: RotationColumns, _ options: ReadingOptions
  ) -> PoseNotation? {
    options.notation.flatMap { columns.form.notations.contains($0) ? $0 : nil } ?? columns.known
  }

  /// What is said of a table whose rotations' notation the user does not name; nil where there are none, or it is named.
  static func demand(of columns: RotationColumns?, _ options: ReadingOptions) -> String? {
    guard let columns, notation(of: columns, options) == nil else { return nil }
    let names = columns.form.notations.map(\.name).joined(separator: ", ")
    let found = options.notation?.name ?? "none"
    return
      "\(columns.form.rawValue) in '\(columns.rotation.joined(separator: "', '"))': expected its convention to be named, one of \(names), found \(found); numbers alone do not tell it"
  }

  /// The pose of a row; nil where a number is missing or no notation is named.
  ///
  /// - Parameter number: a cell's number; nil where it is empty.
  /// - Throws: `RowProblem` where the numbers are no rotation.
  func pose(_ number: (Int) throws(RowProblem) -> Double?) throws(RowProblem) -> HeadPose? {
    guard let notation else { return nil }
    var (turn, place) = ([Double](), [Double]())
    for column in rotation {
      guard let value = try number(column) else { return nil }
      turn.append(value)
    }
    for column in translation { if let value = try number(column) { place.append(value) } }
    if place.count < 3 { place = [] }
    return try Self.pose(form, turn, place, in: notation, .annotation)
  }

  /// A translation in metres, of which the first column is named.
  static func place(_ numbers: [Double], _ column: String) throws(RowProblem) -> SIMD3<Double> {
    let place = SIMD3(numbers[0], numbers[1], numbers[2])
    guard PlausibleRange.translation.contains(place) else {
      throw RowProblem(
        expected: "\(PlausibleRange.translation.text) in '\(column)' and the next two",
        found: numbers.map(\.description).joined(separator: ", "))
    }
    return place
  }

  /// The pose that numbers mean in a notation.
  ///
  /// - Parameters:
  ///   - form: how the rotation is written.
  ///   - turn: its numbers.
  ///   - place: three numbers, or none.
  ///   - notation: that of the numbers.
  ///   - provenance: the pose's.
  /// - Throws: `RowProblem` where the numbers are no rotation.
  static func pose(
    _ form: RotationColumns.Form, _ turn: [Double], _ place: [Double], in notation: PoseNotation,
    _ provenance: HeadPose.Provenance
  ) throws(RowProblem) -> HeadPose {
    guard turn.count == form.count,
      let pose = RotationColumns.pose(form, turn, place, in: notation)
    else {
      throw RowProblem(
        expected: "a \(form.rawValue) as \(notation.name) has it",
        found: (turn + place).map(\.description).joined(separator: ", "))
    }
    return HeadPose(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation, frame: .bfm,
      provenance: provenance)
  }
}
