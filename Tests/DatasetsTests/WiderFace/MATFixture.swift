import Codecs

/// One image of a `wider_face_*.mat` written by a test.
struct MATImage {
  var stem: String
  /// x y w h.
  var boxes: [[Int32]] = [[1, 2, 3, 4]]
  /// Six columns; one row a face. nil for zeros.
  var flags: [[UInt8]]?
  var kept: MATContent?
}

/// Writes a file with the variables and shapes of the official ones.
func writeMAT(
  _ events: [(name: String, images: [MATImage])], to path: String, withFlags: Bool = true
) throws {
  let writer = try MATWriter(path: path)
  func perImage(_ content: (MATImage) -> MATContent) -> MATContent {
    .cells(events.map { .cells($0.images.map(content)) })
  }
  try writer.write("event_list", .cells(events.map { .text($0.name) }))
  try writer.write("file_list", perImage { .text($0.stem) })
  try writer.write(
    "face_bbx_list",
    perImage { image in
      let columns = (0..<4).flatMap { column in image.boxes.map { $0[column] } }
      return .int32(columns, rows: image.boxes.count, columns: 4)
    })
  let names = ["blur", "expression", "illumination", "invalid", "occlusion", "pose"]
  for (column, name) in names.enumerated() where withFlags {
    try writer.write(
      "\(name)_label_list",
      perImage { image in
        let values = image.flags?.map { $0[column] } ?? image.boxes.map { _ in 0 }
        return .uint8(values, rows: values.count, columns: 1)
      })
  }
  if events.contains(where: { $0.images.contains { $0.kept != nil } }) {
    try writer.write("gt_list", perImage { $0.kept ?? .uint8([], rows: 0, columns: 1) })
  }
  try writer.finish()
}
