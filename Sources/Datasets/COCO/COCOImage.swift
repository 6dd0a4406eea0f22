internal import Schema

/// An element of `images`.
enum COCOImage {
  private static let known: Set<String> = ["id", "file_name", "width", "height"]

  /// - Returns: nil where it names no file.
  /// - Throws: `JSONError` where it is not an object.
  static func draft(
    _ bytes: UnsafeRawBufferPointer, at position: Int, _ place: SourceLocation
  ) throws(JSONError) -> ImageDraft? {
    var cursor = JSONCursor(bytes, at: position)
    var (path, width, height) = (String?.none, JSONValue?.none, JSONValue?.none)
    var native: [(key: String, value: JSONValue)] = []
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "file_name" {
        path = try cursor.text()
      } else if key == "width" {
        width = try cursor.value()
      } else if key == "height" {
        height = try cursor.value()
      } else if key == "id" {
        native.append(("id", try cursor.value()))
      } else {
        let name = String(decoding: key, as: UTF8.self)
        native.append((name, try cursor.value()))
      }
    }
    guard let path else { return nil }
    var draft = ImageDraft(path: path)
    if case .integer(let x) = width, case .integer(let y) = height, x > 0, y > 0 {
      draft.size = SIMD2(x, y)
    } else {
      draft.setSize(width?.sideText, height?.sideText, at: place)
    }
    draft.native = native
    return draft
  }
}
