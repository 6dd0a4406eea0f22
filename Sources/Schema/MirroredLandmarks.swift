extension Landmarks {
  /// The 29 pairs of iBUG's 68 points that change places in a mirror (FORMATS §3.3;
  /// chientv99/TRG, data/w300lp_dataset.py); the other ten lie on the face's middle.
  public static let mirrorPairs: [(Int, Int)] = [
    (0, 16), (1, 15), (2, 14), (3, 13), (4, 12), (5, 11), (6, 10), (7, 9), (17, 26), (18, 25),
    (19, 24), (20, 23), (21, 22), (31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42),
    (40, 47), (41, 46), (48, 54), (49, 53), (50, 52), (60, 64), (61, 63), (67, 65), (59, 55),
    (58, 56),
  ]

  /// The 68 points in the mirrored image: x becomes width - 1 - x, and pairs change places.
  public func mirrored(imageWidth: Int) -> Landmarks {
    precondition(layout == .ibug68, "the pairs are those of 68 points")
    func turned(_ point: Point) -> Point {
      let (x, y) = (point.position.x, point.position.y)
      return Point(SIMD2(Double(imageWidth - 1) - x, y), point.visibility)
    }
    var result = Landmarks(layout: .ibug68, points: (0..<68).map { turned(self[$0]) })
    for (one, other) in Self.mirrorPairs {
      result[one] = turned(self[other])
      result[other] = turned(self[one])
    }
    return result
  }
}
