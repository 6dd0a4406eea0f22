internal import Codecs
internal import Geometry
internal import Schema

/// What OpenFace writes of its input into `NAME_of_details.txt` beside `NAME.csv`.
struct OpenFaceDetails {
  /// The camera that was assumed or given: focal lengths and principal point in pixels.
  private(set) var intrinsics: Intrinsics?
  /// The input's file name, without folders.
  private(set) var input: Substring?

  /// Reads the file beside a table; nothing where there is none.
  ///
  /// - Throws: errors of the tree, where it cannot be read.
  init(beside table: AnnotationFile) throws {
    guard let contents = try table.neighbour("\(table.stem)_of_details.txt") else { return }
    let text = contents.withBytes { String(decoding: $0.prefix(1 << 16), as: UTF8.self) }
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      switch parts[0].lowercased() {
      case "input": input = parts[1].split { $0 == "/" || $0 == "\\" }.last
      case "camera parameters": intrinsics = Self.intrinsics(parts[1])
      default: continue
      }
    }
  }

  /// "fx,fy,cx,cy"; nil where they are not plausible.
  private static func intrinsics(_ text: Substring) -> Intrinsics? {
    let numbers = text.split(separator: ",").compactMap { field in
      Array(field.utf8.filter { !isSpace($0) }).withUnsafeBytes { DecimalNumber.value(of: $0) }
    }
    guard numbers.count == 4 else { return nil }
    let intrinsics = Intrinsics(
      focalLength: SIMD2(numbers[0], numbers[1]), principalPoint: SIMD2(numbers[2], numbers[3]))
    return intrinsics.isPlausible ? intrinsics : nil
  }
}
