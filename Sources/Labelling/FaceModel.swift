public import Schema

/// Points of a face in three dimensions, one for each landmark of a layout. Poses are fitted with them.
///
/// Points are in metres in the canonical object frame: x to the image's right, y down, z away from the
/// camera when the face looks into it. So the rotation of a frontal face is the identity.
public struct FaceModel: Sendable, Equatable {
  /// `bfm-5`, `bfm-68`, `mediapipe-468`, or the name of a user's file.
  public let name: String
  /// Where the figures come from: a citation, or how a file was read.
  public let source: String
  /// The meaning and order of `points`: any layout but `aflw21`.
  public let layout: Landmarks.Layout
  /// In metres, as many as `layout` has.
  public let points: [SIMD3<Double>]
  /// The object frame of the points, and of the poses that are fitted with them.
  public let frame: HeadPose.Frame
  /// In metres, between the two eyes: the first two of `Landmarks.Layout.fivePointSources`.
  public let interocularDistance: Double
  /// By how much a coordinate of a person's face differs from this one, as a standard deviation in fractions of the
  /// interocular distance; nil where it was not measured.
  public let identitySigma: Double?
  /// By how much a pose is turned because points are placed alike wrongly, as a standard deviation about the camera's
  /// axes in degrees. More points do not lessen it, so it is added to what a fit's own uncertainty says.
  public let turnSigma: SIMD3<Double>

  /// - Parameters:
  ///   - name: what it is called.
  ///   - source: where the figures come from.
  ///   - layout: any but `aflw21`.
  ///   - points: as many as the layout has, in metres.
  ///   - frame: the points' object frame.
  ///   - identitySigma: as the member; nil where it was not measured.
  ///   - turnSigma: as the member.
  init(
    name: String, source: String, layout: Landmarks.Layout, points: [SIMD3<Double>],
    frame: HeadPose.Frame, identitySigma: Double? = nil, turnSigma: SIMD3<Double> = .zero
  ) {
    precondition(points.count == layout.count, "as many points as the layout has")
    precondition(layout != .aflw21, "a layout that a model has")
    self.name = name
    self.source = source
    self.layout = layout
    self.points = points
    self.frame = frame
    self.identitySigma = identitySigma
    self.turnSigma = turnSigma
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
        points: Self.fivePoints(of: points, layout), frame: frame, identitySigma: identitySigma,
        turnSigma: turnSigma)
  }

  static func fivePoints(
    of points: [SIMD3<Double>], _ layout: Landmarks.Layout
  ) -> [SIMD3<Double>] {
    (0..<5).map { layout.fivePoint($0, of: points) }
  }
}

func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }
