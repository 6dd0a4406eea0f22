internal import Codecs
internal import Geometry
internal import Schema

/// Reads `aflw.sqlite` image by image. Angles are in radians, of R = Ry(yaw) Rx(−pitch) Rz(−roll): another order than that of
/// the `aflw` convention, which trainers take them for (`EulerConvention.aflwDatabase`). Points that are not annotated are
/// hidden, and missing here. Boxes were computed from the poses, not drawn.
struct AFLWDatabase: AnnotationSource {
  /// What tells the database.
  static let tables = ["FaceImages", "Faces", "FeatureCoords"]
  /// How many of the first bytes hold the schema.
  static let schemaBytes = 1 << 16

  private let file: AnnotationFile
  private let options: ReadingOptions
  private let rows: SQLiteRows
  /// Whether `rows` stands on the first row of the next image.
  private var isOnRow = false
  /// Faces whose image the database does not have.
  private var strangers = 0
  private(set) var position = 0
  /// How many images there are.
  let size: Int

  /// - Throws: `SQLiteError` where it is no such database.
  init(_ file: AnnotationFile, _ options: ReadingOptions) throws {
    (self.file, self.options) = (file, options)
    let database = try SQLiteFile(file.contents)
    var tables: Set<String> = []
    let names = try database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    while try names.next() { tables.insert(names.text(0) ?? "") }
    let count = try database.rows("SELECT COUNT(*) FROM FaceImages")
    size = try count.next() ? count.integer(0) ?? 0 : 0
    rows = try database.rows(Self.query(tables))
    isOnRow = try rows.next()
  }

  /// A row for each point of each face, image by image. SQLite makes the indices that this takes and sorts on disk.
  ///
  /// - Parameter tables: those that are there. Not every copy has all of which a face needs none.
  private static func query(_ tables: Set<String>) -> String {
    func joined(_ table: String, _ columns: [String]) -> (columns: String, join: String) {
      guard tables.contains(table) else {
        return (columns.map { _ in "NULL" }.joined(separator: ", "), "")
      }
      return (
        columns.map { "\(table).\($0)" }.joined(separator: ", "),
        "LEFT JOIN \(table) ON \(table).face_id = f.face_id"
      )
    }
    let parts = [
      joined("FacePose", ["roll", "pitch", "yaw"]), joined("FaceRect", ["x", "y", "w", "h"]),
      joined("FaceMetaData", ["sex", "occluded", "glasses"]),
      joined("FeatureCoords", ["feature_id", "x", "y"]),
    ]
    let last = tables.contains("FeatureCoords") ? ", FeatureCoords.feature_id" : ""
    return """
      SELECT i.rowid, i.filepath, i.width, i.height, f.face_id, \(parts.map(\.columns).joined(separator: ", "))
      FROM Faces f LEFT JOIN FaceImages i ON i.file_id = f.file_id
      \(parts.map(\.join).joined(separator: "\n"))
      ORDER BY i.rowid, f.face_id\(last)
      """
  }

  /// The places of a row's columns.
  private enum Column {
    static let image = 0
    static let path = 1
    static let width = 2
    static let height = 3
    static let face = 4
    static let pose = 5
    static let box = 8
    static let metadata = 12
    static let feature = 15
  }

  mutating func next() throws -> Outcome? {
    while isOnRow {
      // Faces of no image come first.
      guard let image = rows.integer(Column.image) else {
        _ = try readFace()
        strangers += 1
        continue
      }
      position += 1
      var draft = ImageDraft(path: rows.text(Column.path) ?? "")
      if let width = rows.integer(Column.width), let height = rows.integer(Column.height) {
        draft.size = SIMD2(width, height)
      }
      while isOnRow, rows.integer(Column.image) == image { draft.faces.append(try readFace()) }
      return draft.outcome(file.source(options), in: file.name, options)
    }
    guard strangers > 0 else { return nil }
    defer { strangers = 0 }
    return .notes([
      RecordIssue(
        .otherAnnotations, at: file.place(),
        "faces: expected an image for each, found \(counted(strangers, "face")) without one")
    ])
  }

  /// Reads the rows of one face.
  private mutating func readFace() throws -> FaceDraft {
    let id = rows.integer(Column.face)
    var face = FaceDraft()
    if let id { face.add("face_id", .integer(id)) }
    readBox(into: &face)
    readPose(into: &face)
    for (i, name) in ["sex", "occluded", "glasses"].enumerated() {
      let column = Column.metadata + i
      if let number = rows.integer(column) {
        face.native.append((name, .integer(number)))
      } else if let text = rows.text(column) {
        face.native.append((name, .text(text)))
      }
    }
    var landmarks = Landmarks(layout: .aflw21)
    repeat {
      if let feature = rows.integer(Column.feature), (1...landmarks.count).contains(feature),
        let x = rows.number(Column.feature + 1), let y = rows.number(Column.feature + 2),
        // As AFLW's own tools do.
        x >= 0, y >= 0
      {
        landmarks[feature - 1] = Landmarks.Point(SIMD2(x, y))
      }
      isOnRow = try rows.next()
    } while isOnRow && id != nil && rows.integer(Column.face) == id
    face.landmarks = landmarks
    return face
  }

  private func readBox(into face: inout FaceDraft) {
    let numbers = (0..<4).compactMap { rows.number(Column.box + $0) }
    guard numbers.count == 4 else { return }
    face.box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  private func readPose(into face: inout FaceDraft) {
    let angles = (0..<3).compactMap { rows.number(Column.pose + $0) }.map { $0 * 180 / .pi }
    guard angles.count == 3 else { return }
    face.setAngles(pitch: angles[1], yaw: angles[2], roll: angles[0], .aflwDatabase)
  }
}
