public import Geometry

extension Landmarks {
  /// The 29 pairs of iBUG's 68 points that exchange their places in a mirror, 0-based (FORMATS §3.3;
  /// chientv99/TRG, data/w300lp_dataset.py). The other ten points are on the middle of the face.
  public static let mirrorPairs: [(Int, Int)] = [
    (0, 16), (1, 15), (2, 14), (3, 13), (4, 12), (5, 11), (6, 10), (7, 9), (17, 26), (18, 25),
    (19, 24), (20, 23), (21, 22), (31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42),
    (40, 47), (41, 46), (48, 54), (49, 53), (50, 52), (60, 64), (61, 63), (67, 65), (59, 55),
    (58, 56),
  ]

  /// The same for AFLW's 21 points: brows, eyes, ears, wings of the nose, corners of the mouth.
  private static let pairsOfAFLW = [
    (0, 5), (1, 4), (2, 3), (6, 11), (7, 10), (8, 9), (12, 16), (13, 15), (17, 19),
  ]

  fileprivate static func pairs(of layout: Layout) -> [(Int, Int)] {
    switch layout {
    case .face5: [(0, 1), (3, 4)]
    case .ibug68: mirrorPairs
    case .aflw21: pairsOfAFLW
    case .mediapipe468: pairsOfMesh
    }
  }

  /// The same for Face Mesh, whose face is its own mirror image to the last digit.
  private static let pairsOfMesh: [(Int, Int)] = {
    let points = FaceMesh.points
    let numbers = Dictionary(uniqueKeysWithValues: points.enumerated().map { ($1, $0) })
    return points.enumerated().compactMap { i, point in
      guard point.x < 0 else { return nil }
      return numbers[point * [-1, 1, 1]].map { (i, $0) }
    }
  }()

  /// The same points with the names of left and right exchanged, as flipping an image needs it.
  public var withSidesExchanged: Landmarks {
    var result = self
    for (one, other) in Self.pairs(of: layout) {
      result[one] = self[other]
      result[other] = self[one]
    }
    return result
  }

  /// The points as a map of the image's pixels moves them; missing ones stay missing.
  public func moved(by map: PlanarMap) -> Landmarks {
    var moved = self
    for i in 0..<count {
      guard let position = position(i) else { continue }
      moved[i] = Point(map.applied(to: position), self[i].visibility)
    }
    return moved
  }

  /// The points in the image mirrored left to right: x becomes width - 1 - x, and sides are exchanged.
  ///
  /// - Parameter imageWidth: in pixels.
  public func mirrored(imageWidth: Int) -> Landmarks {
    var result = withSidesExchanged
    for i in 0..<count {
      let (x, y) = (result[i].position.x, result[i].position.y)
      result[i] = Point(SIMD2(Double(imageWidth - 1) - x, y), result[i].visibility)
    }
    return result
  }
}

extension Landmarks.Layout {
  /// For each point, the number of that with which a mirror exchanges it; its own in the middle of the face.
  public var counterparts: [Int] {
    var numbers = Array(0..<count)
    for (one, other) in Landmarks.pairs(of: self) { (numbers[one], numbers[other]) = (other, one) }
    return numbers
  }
}
