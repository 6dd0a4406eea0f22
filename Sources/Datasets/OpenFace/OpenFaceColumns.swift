internal import Codecs
internal import Schema

/// Which of OpenFace's columns a table has, and where. Any block of columns may be absent.
struct OpenFaceColumns {
  /// Of the video's frame, from 1; nil in tables of one image.
  let frame: Int?
  let face: Int?
  let confidence: Int?
  let success: Int?
  /// `x_0`, `y_0` and so on, in pixels; empty where one of the 68 is missing.
  let points: [(x: Int, y: Int)]
  /// `pose_Tx`, `pose_Ty`, `pose_Tz` in millimetres, `pose_Rx`, `pose_Ry`, `pose_Rz` in radians; empty where one is
  /// missing.
  let pose: [Int]
  /// All others, by name.
  let others: [(name: String, place: Int)]

  /// - Returns: nil where a header is not OpenFace's: without a confidence, a frame or face, or one of its blocks.
  init?(_ line: UnsafeRawBufferPointer) {
    let fields = TextFields(line, at: UInt8(ascii: ","))
    guard fields.count >= 4 else { return nil }
    let names = (0..<fields.count).map(fields.text)
    let places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { one, _ in one })
    frame = places["frame"]
    face = places["face_id"] ?? places["face"]
    confidence = places["confidence"]
    success = places["success"]
    let pairs = (0..<68).compactMap { i in
      places["x_\(i)"].flatMap { x in places["y_\(i)"].map { (x: x, y: $0) } }
    }
    points = pairs.count == 68 ? pairs : []
    let six = ["Tx", "Ty", "Tz", "Rx", "Ry", "Rz"].compactMap { places["pose_\($0)"] }
    pose = six.count == 6 ? six : []
    let blocks = ["gaze_0_x", "pose_Rx", "x_0", "X_0", "p_scale", "AU01_r", "AU01_c"]
    guard confidence != nil, frame != nil || face != nil,
      blocks.contains(where: { places[$0] != nil })
    else { return nil }
    let used = Set([frame, face, confidence, success].compactMap { $0 } + pose)
      .union(points.flatMap { [$0.x, $0.y] })
    others = names.enumerated().compactMap { used.contains($0) ? nil : ($1, $0) }
  }
}
