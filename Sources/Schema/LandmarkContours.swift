/// A line through neighbouring landmarks, such as a brow or the rim of an eye.
public struct LandmarkContour: Sendable, Equatable {
  /// In words, with the sides of the image: "image-left eye".
  public let name: String
  /// The numbers of its points in the layout, from 0.
  public let points: ClosedRange<Int>
  /// Whether the last point joins the first.
  public let isClosed: Bool
}

extension Landmarks.Layout {
  /// The lines in a drawing of the landmarks. Those of iBUG together hold each point once. Empty for layouts of
  /// single points.
  public var contours: [LandmarkContour] {
    guard self == .ibug68 else { return [] }
    let lines: [(String, ClosedRange<Int>, Bool)] = [
      ("jaw", 0...16, false), ("image-left brow", 17...21, false),
      ("image-right brow", 22...26, false), ("nose bridge", 27...30, false),
      ("nose base", 31...35, false), ("image-left eye", 36...41, true),
      ("image-right eye", 42...47, true), ("outer lips", 48...59, true),
      ("inner lips", 60...67, true),
    ]
    return lines.map { LandmarkContour(name: $0.0, points: $0.1, isClosed: $0.2) }
  }

  /// What a point is, in words: its own name, or that of its contour. "" for AFLW's and Face Mesh's points.
  public func name(ofPoint index: Int) -> String {
    switch self {
    case .face5:
      [
        "image-left eye", "image-right eye", "nose tip", "image-left mouth corner",
        "image-right mouth corner",
      ][index]
    case .ibug68: contours.first { $0.points.contains(index) }?.name ?? ""
    case .aflw21, .mediapipe468: ""
    }
  }
}
