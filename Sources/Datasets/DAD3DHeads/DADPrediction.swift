internal import Codecs
internal import Geometry
internal import Schema

/// The predictions that DAD-3DHeads' benchmark scores, head by head. Points are in pixels.
///
/// The matrix estimates the benchmark's R_gt = F M of an annotation's model-view matrix M, with F = diag(1, -1, -1),
/// which is the canonical rotation times F (FORMATS-FOREIGN B6); so R = matrix · F. The file is looked through once for
/// the places of its heads, 24 bytes each.
struct DADPrediction: IndexedForm {
  private struct Entry {
    var name: Range<Int>
    var position: Int
  }

  private var entries: [Entry] = []
  private var fault: JSONError?

  init(_ bytes: UnsafeRawBufferPointer) {
    do throws(JSONError) {
      var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
      try cursor.enterObject()
      while let key = try cursor.nextKey() {
        guard let base = bytes.baseAddress, let start = key.baseAddress else { break }
        _ = cursor.kind()
        let (first, position) = (start - base, cursor.position)
        // A head that is cut off is the file's fault, said once.
        try cursor.skipValue()
        entries.append(Entry(name: first..<first + key.count, position: position))
      }
    } catch {
      fault = error
    }
  }

  var count: Int { entries.count }
  func position(of image: Int) -> Int { entries[image].position }
  var hasNamedSides: Bool { false }

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    let entry = entries[image]
    var draft = ImageDraft(path: String(decoding: bytes[entry.name], as: UTF8.self))
    var (matrix, points) = ([Double](), [Double]())
    var cursor = JSONCursor(bytes, at: entry.position)
    guard cursor.kind() == .object else {
      throw RefusedImage("head: expected an object, found another value")
    }
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "rotation_matrix" {
        _ = try cursor.numbers(into: &matrix)
      } else if key == "68_landmarks_2d" {
        _ = try cursor.numbers(into: &points)
      } else {
        try cursor.skipValue()
      }
    }
    var face = FaceDraft()
    readPoints(points, into: &face, &draft, place)
    if let rotation = Rotation(rowMajor: matrix, tolerance: 1e-2) {
      let flip = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])
      face.pose = HeadPose(
        rotationVector: (rotation * flip).rotationVector, translation: nil, frame: .bfm,
        provenance: .prediction)
    } else {
      draft.issues.append(
        RecordIssue(
          .missingPose, at: place,
          "rotation_matrix: expected 9 numbers of a rotation, found \(matrix.count) that are none"))
    }
    guard face.hasPose || face.landmarks != nil else { return draft }
    draft.faces = [face]
    return draft
  }

  private func readPoints(
    _ numbers: [Double], into face: inout FaceDraft, _ draft: inout ImageDraft,
    _ place: SourceLocation
  ) {
    guard !numbers.isEmpty else { return }
    guard numbers.count == 136, numbers.allSatisfy(\.isFinite) else {
      draft.issues.append(
        RecordIssue(
          .badLandmark, at: place,
          "68_landmarks_2d: expected 136 numbers, found \(numbers.count)\(numbers.allSatisfy(\.isFinite) ? "" : ", not all of them finite")"
        ))
      return
    }
    let points = (0..<68).map { SIMD2(numbers[2 * $0], numbers[2 * $0 + 1]) }
    face.landmarks = Landmarks(layout: .ibug68, points: points.map { Landmarks.Point($0) })
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] { file.issues(of: fault) }
}
