internal import Geometry
internal import Schema

/// What the tables say of one crop.
///
/// Everything is canonical: pixels are 0-based with the origin at the centre of the first, lengths are metres,
/// axes are x right, y down, z forward. A pose takes the head's axes to the camera's. `rotation`, `translation`
/// and the angles are the record's, before the image's camera; `crop_…` are what the crop shows, before `camera`,
/// the crop's own, so that camera · (crop_rotation · X + crop_translation) is where a point X of the head is in
/// the crop. Without alignment the two poses are one. The crop's is what a network that sees the crop alone can
/// learn.
struct FaceCropRow: Sendable {
  let image: String
  let source: String
  let dataset: String
  let split: String?
  let face: Int
  let box: BoundingBox
  let crop: FaceCrop
  let camera: Camera?
  let pose: HeadPose?
  let landmarks: Landmarks?
  /// Whose angles are given, in degrees.
  let euler: [EulerConvention]

  /// One member of a row.
  private enum Value {
    case text(String?)
    case whole(Int)
    /// One number, or numbers row by row; nil where they are not known.
    case numbers([[Double]]?, rows: Int, columns: Int)
  }

  private var members: [(name: String, value: Value)] {
    let given = pose?.notated
    let shown = given.map(crop.pose)
    return [
      ("image", .text(image)), ("source", .text(source)), ("dataset", .text(dataset)),
      ("split", .text(split)), ("face", .whole(face)),
      ("box", Self.row([box.left, box.top, box.right, box.bottom])),
      (
        "affine",
        .numbers(
          [
            [crop.map.xRow.x, crop.map.xRow.y, crop.map.translation.x],
            [crop.map.yRow.x, crop.map.yRow.y, crop.map.translation.y],
          ], rows: 2, columns: 3)
      ),
      ("scale", .numbers([[crop.scale]], rows: 1, columns: 1)),
      ("turn", .numbers([[crop.turn * 180 / .pi]], rows: 1, columns: 1)),
      (
        "camera",
        .numbers(
          camera.map { crop.camera($0.intrinsics).map { [$0.x, $0.y, $0.z] } }, rows: 3, columns: 3)
      ),
    ] + Self.members(of: given, "", euler) + Self.members(of: shown, "crop_", euler)
  }

  private static func members(
    of pose: PoseNotation.Pose?, _ prefix: String, _ euler: [EulerConvention]
  ) -> [(name: String, value: Value)] {
    let rows = (pose?.rotation.rows).map { [$0.0, $0.1, $0.2].map { [$0.x, $0.y, $0.z] } }
    func vector(_ v: SIMD3<Double>?) -> Value {
      .numbers(v.map { [[$0.x, $0.y, $0.z]] }, rows: 1, columns: 3)
    }
    return [
      (prefix + "rotation", .numbers(rows, rows: 3, columns: 3)),
      (prefix + "rotation_vector", vector(pose?.rotation.rotationVector)),
      (prefix + "translation", vector(pose?.translation)),
    ]
      + euler.map { convention in
        let angles = (pose?.rotation).map { convention.angles(of: $0).inDegrees }
        return (
          prefix + FaceAttributes.eulerName(convention),
          vector(angles.map { SIMD3($0.pitch, $0.yaw, $0.roll) })
        )
      }
  }

  private static func row(_ numbers: [Double]) -> Value {
    .numbers([numbers], rows: 1, columns: numbers.count)
  }

  /// Writes the row as a line of `crops.jsonl`: matrices as arrays of rows, angles as pitch, yaw, roll, and
  /// landmarks in pixels of the crop, null where one is missing.
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for (name, value) in members {
        writer.key(named: name)
        switch value {
        case .text(let text?): writer.value(text)
        case .whole(let number): writer.value(number)
        case .numbers(let rows?, 1, 1): writer.value(rows[0][0])
        case .numbers(let rows?, 1, _): writer.array { for number in rows[0] { $0.value(number) } }
        case .numbers(let rows?, _, _):
          writer.array { for row in rows { $0.array { for number in row { $0.value(number) } } } }
        case .text(nil), .numbers(nil, _, _): writer.null()
        }
      }
      writer.key("landmarks")
      guard let landmarks else { return writer.null() }
      writer.object {
        $0.key("layout")
        $0.value(landmarks.layout.rawValue)
        $0.key("points")
        $0.array {
          for i in 0..<landmarks.count {
            guard let position = landmarks.position(i) else {
              $0.null()
              continue
            }
            let place = crop.map.applied(to: position)
            $0.array {
              $0.value(place.x)
              $0.value(place.y)
            }
          }
        }
      }
    }
    writer.endLine()
  }

  /// The row as a line of `crops.csv` (RFC 4180), without landmarks. What is not known is empty.
  var csv: String {
    members.map { _, value in
      switch value {
      case .text(let text): Self.quoted(text ?? "")
      case .whole(let number): "\(number)"
      case .numbers(let rows?, _, _): rows.joined().map { "\($0)" }.joined(separator: ",")
      case .numbers(nil, let rows, let columns):
        String(repeating: ",", count: rows * columns - 1)
      }
    }.joined(separator: ",") + "\n"
  }

  /// The names of the columns: those of the JSON, with the number's place in a row or matrix behind.
  var csvHeader: String {
    let angles = ["pitch", "yaw", "roll"]
    return members.flatMap { name, value -> [String] in
      switch value {
      case .text, .whole, .numbers(_, 1, 1): [name]
      case .numbers(_, 1, _) where name == "box":
        ["left", "top", "right", "bottom"].map { "box_\($0)" }
      case .numbers(_, 1, let columns):
        (0..<columns).map { name.contains("euler_") ? "\(name)_\(angles[$0])" : "\(name)_\($0)" }
      case .numbers(_, let rows, let columns):
        (0..<rows * columns).map { "\(name)_\($0 / columns)\($0 % columns)" }
      }
    }.joined(separator: ",") + "\n"
  }

  /// Whether the names of a row's members, or of the columns of the table, are those that `crops` writes: the image is the
  /// crop and the box another image's, so that they are no annotation of it.
  static func areNames(_ names: Set<String>) -> Bool {
    names.isSuperset(of: ["image", "source", "face"])
      && (names.isSuperset(of: ["affine", "crop_rotation"])
        || names.isSuperset(of: ["affine_00", "crop_rotation_00"]))
  }

  private static func quoted(_ text: String) -> String {
    text.utf8.contains { ",\"\n\r".utf8.contains($0) }
      ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
