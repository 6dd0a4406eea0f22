internal import Codecs
internal import Schema

/// Where the images of a CVAT file are, and which labels it uses.
struct CVATIndex {
  /// Where each `image` begins in the file, in the file's order.
  private(set) var images: [Int] = []
  /// How many tracks of a video there are.
  private(set) var tracks = 0
  /// Why the file ends before its root does; nil where it is whole.
  private(set) var fault: XMLError?
  /// Whether names of points tell sides.
  private(set) var hasSides = false
  /// Whether some boxes are labelled as faces, so that others are not of faces.
  private(set) var hasFaceLabel = false

  private static let mostLabels = 4096

  /// Reads as far as the file is well formed.
  init(_ bytes: UnsafeRawBufferPointer, _ names: PointNames) {
    var cursor = XMLCursor(bytes)
    var labels: Set<[UInt8]> = []
    var start: Int?
    do {
      while let step = try cursor.next() {
        if step == .end, cursor.depth == 1, let begun = start {
          images.append(begun)
          start = nil
        }
        guard step == .start else { continue }
        if cursor.depth == 2 {
          if cursor.isNamed("image") { start = cursor.name.lowerBound - 1 }
          if cursor.isNamed("track") {
            tracks += 1
            try cursor.skipElement()
          }
          continue
        }
        guard start != nil, let label = cursor["label"] else { continue }
        if cursor.isNamed("points"), !hasSides, labels.count < Self.mostLabels,
          labels.insert([UInt8](label)).inserted
        {
          hasSides = names.point(named: XMLCursor.text(label) ?? "").map { $0 != 2 } ?? false
        } else if cursor.isNamed("box"), !hasFaceLabel {
          hasFaceLabel = XMLCursor.text(label)?.namesFaces ?? false
        }
      }
    } catch {
      fault = error
    }
  }
}
