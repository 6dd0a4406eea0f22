public import Geometry
public import Schema

/// How poses are derived from landmarks.
public struct LabellingOptions: Sendable {
  /// A way to fit a pose.
  public enum Method: Sendable, Equatable {
    /// The least-squares optimum in the image's camera.
    case leastSquares
    /// EPnP in the image's camera.
    case epnp
    /// img2pose's own labels: EPnP in the crop's camera, converted to the image's camera.
    case img2pose(RotationRule)
  }

  /// How poses are fitted.
  public var method = Method.leastSquares
  /// The face models that are fitted to the landmarks.
  public var models = FaceModelSet.bundled
  /// Relative tolerance of the least-squares solver; see `LeastSquaresPoseSolver`.
  public var tolerance = 1e-6
  /// The assumed errors of landmarks, from which the uncertainty of poses follows.
  public var uncertainty = LandmarkUncertainty()
  /// The error of a turn that all poses share, about each of the camera's axes in degrees; nil for the face model's.
  public var turnSigma: Double?
  /// How many times the stated deviations those of faces are that are turned away from the camera by 50 degrees and more;
  /// from 25 degrees on it grows evenly. 1 for annotated landmarks.
  public var uncertaintyOfTurned = 1.0
  /// The weight of an occluded landmark; a visible landmark has weight 1.
  public var occludedWeight = 1.0
  /// Whether annotated and predicted poses are replaced too.
  public var replacesPoses = false
  /// Whether annotated poses keep their rotation and get their translation fitted to the landmarks, so that the
  /// two agree.
  public var fitsTranslations = false

  /// Least squares with the bundled faces; annotated poses stay.
  public init() {}
}

/// Derives poses from landmarks by fitting the face models in the image's camera.
///
/// It holds the solvers' working memory, so use one per thread.
public struct PoseLabeller {
  private let options: LabellingOptions
  /// One for each layout of landmarks that there was.
  private var fitters: [LayoutFitter] = []
  private var img2pose: Img2PoseLabeller?
  /// Which faces of the current record are fitted.
  private var isFitted: [Bool] = []

  /// Prepares the solvers.
  public init(options: LabellingOptions = LabellingOptions()) {
    self.options = options
    if case .img2pose(let rule) = options.method { img2pose = Img2PoseLabeller(rule: rule) }
  }

  /// Fits a pose to each face that has landmarks. Depending on the options, annotated poses stay, keep their
  /// rotation or are replaced.
  ///
  /// - Returns: a warning for each face whose landmarks allow no pose; it keeps its landmarks and has no `fit`.
  /// - Precondition: the record has a camera.
  public mutating func label(_ record: inout ImageRecord) -> [RecordIssue] {
    guard let recordCamera = record.camera else {
      preconditionFailure("a pose needs a camera; the caller sees to it")
    }
    let camera = recordCamera.intrinsics
    var issues: [RecordIssue] = []
    for k in fitters.indices {
      fitters[k].faces.removeAll(keepingCapacity: true)
      fitters[k].turnedFaces.removeAll(keepingCapacity: true)
    }
    isFitted.removeAll(keepingCapacity: true)
    for (i, face) in record.faces.enumerated() {
      isFitted.append(false)
      guard let layout = face.landmarks?.layout,
        let k = fitter(for: layout)
      else {
        if options.replacesPoses, face.pose != nil {
          // The old pose would be wrong in another camera.
          (record.faces[i].pose, record.faces[i].fit, isFitted[i]) = (nil, nil, true)
        }
        continue
      }
      if face.pose?.provenance != .annotation || options.replacesPoses {
        fitters[k].faces.append(i)
        isFitted[i] = true
      } else if options.fitsTranslations, face.pose?.frame == fitters[k].model.frame {
        fitters[k].turnedFaces.append(i)
        isFitted[i] = true
      }
    }
    for k in fitters.indices {
      if img2pose != nil {
        for i in fitters[k].faces { img2pose?.label(&record.faces[i], camera) }
      } else {
        fitters[k].fit(&record.faces, recordCamera)
      }
    }
    for i in record.faces.indices where isFitted[i] {
      if record.faces[i].fit == nil {
        issues.append(unusable(face: i, of: record))
      } else {
        flag(&record.faces[i], in: record.image, camera)
      }
    }
    return issues
  }

  /// The index of the fitter for a layout. It is made when it is first asked for: to prepare one for the 468 points of
  /// Face Mesh takes longer than to fit thousands of faces of five.
  private mutating func fitter(for layout: Landmarks.Layout) -> Int? {
    if let known = fitters.firstIndex(where: { $0.layout == layout }) { return known }
    guard let model = options.models.model(for: layout) else { return nil }
    fitters.append(LayoutFitter(layout: layout, model: model, options: options))
    return fitters.count - 1
  }

  private func flag(_ face: inout Face, in image: ImageReference, _ camera: Intrinsics) {
    guard let pose = face.pose, let fit = face.fit else { return }
    guard let translation = pose.translation else { return }
    if translation.z <= 0 { face.fit?.flags.insert(.behindCamera) }
    if fit.relativeError > FitQuality.largeRelativeError { face.fit?.flags.insert(.largeResidual) }
    if fit.interocularDistance < FitQuality.smallInterocularDistance {
      face.fit?.flags.insert(.smallFace)
    }
    guard let width = image.width, let height = image.height else { return }
    let origin = camera.projection(of: translation)
    if !(origin.x >= 0 && origin.y >= 0 && origin.x < Double(width) && origin.y < Double(height)) {
      face.fit?.flags.insert(.outOfImage)
    }
  }

  private func unusable(face index: Int, of record: ImageRecord) -> RecordIssue {
    let present = record.faces[index].landmarks?.presentCount ?? 0
    let found =
      present < LeastSquaresPoseSolver.minimumPoints
      ? "\(present)" : "points in one place or line, or behind the camera"
    return RecordIssue(
      .unusableLandmarks, at: record.location(ofFace: index),
      "face \(index + 1), landmarks: expected at least 4 that determine a pose, found \(found)")
  }
}
