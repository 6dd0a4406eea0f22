public import Schema

/// Points of a face in three dimensions, one for each landmark of a layout. Poses are fitted with them.
///
/// Points are in metres in the canonical object frame: x to the image's right, y down, z away from the
/// camera when the face looks into it. So the rotation of a frontal face is the identity.
public struct FaceModel: Sendable, Equatable {
  /// `bfm-5`, `bfm-68`, or the name of a user's file.
  public let name: String
  /// Where the figures come from: a citation, or how a file was read.
  public let source: String
  /// `face5` or `ibug68`: the meaning and order of `points`.
  public let layout: Landmarks.Layout
  /// In metres, as many as `layout` has.
  public let points: [SIMD3<Double>]
  /// The object frame of the points, and of the poses that are fitted with them.
  public let frame: HeadPose.Frame
  /// In metres, between the two eyes: the two points of `face5`, or the means of six points each of `ibug68`.
  public let interocularDistance: Double
  /// By how much a coordinate of a person's face differs from this one, as a standard deviation in fractions of the
  /// interocular distance; nil where it was not measured.
  public let identitySigma: Double?

  /// - Parameters:
  ///   - name: what it is called.
  ///   - source: where the figures come from.
  ///   - layout: `face5` or `ibug68`.
  ///   - points: as many as the layout has, in metres.
  ///   - frame: the points' object frame.
  ///   - identitySigma: as the member; nil where it was not measured.
  init(
    name: String, source: String, layout: Landmarks.Layout, points: [SIMD3<Double>],
    frame: HeadPose.Frame, identitySigma: Double? = nil
  ) {
    precondition(points.count == layout.count, "as many points as the layout has")
    precondition(layout != .aflw21, "a layout that a model has")
    self.name = name
    self.source = source
    self.layout = layout
    self.points = points
    self.frame = frame
    self.identitySigma = identitySigma
    let five = Self.fivePoints(of: points, layout)
    interocularDistance = length(five[1] - five[0])
  }

  /// The same model for the five points that landmarks of its layout are reduced to (`Landmarks.fivePoints`);
  /// the model itself if it has just these.
  public var fivePoints: FaceModel {
    layout == .face5
      ? self
      : FaceModel(
        name: name, source: source + ", reduced to 5 points", layout: .face5,
        points: Self.fivePoints(of: points, layout), frame: frame, identitySigma: identitySigma)
  }

  static func fivePoints(
    of points: [SIMD3<Double>], _ layout: Landmarks.Layout
  ) -> [SIMD3<Double>] {
    guard layout == .ibug68 else { return points }
    return Landmarks.fivePointSources.map { range in
      points[range].reduce(.zero, +) / Double(range.count)
    }
  }
}

func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }
