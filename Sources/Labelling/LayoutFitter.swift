public import Geometry
internal import Glibc
public import Schema

/// The solvers for one layout of landmarks, and the faces of a record that have this layout.
struct LayoutFitter {
  let layout: Landmarks.Layout
  let model: FaceModel
  /// Indices of faces to fit.
  var faces: [Int] = []
  /// Indices of faces whose rotation is given, so that only the translation is fitted.
  var turnedFaces: [Int] = []
  private let options: LabellingOptions
  private var leastSquares: LeastSquaresPoseSolver
  private var epnp: EPnPSolver
  private var fits: [(pose: Extrinsics, quality: FitQuality)?] = []

  init(layout: Landmarks.Layout, model: FaceModel, options: LabellingOptions) {
    self.layout = layout
    self.model = model
    self.options = options
    leastSquares = LeastSquaresPoseSolver(
      model: model.points, interocularDistance: model.interocularDistance,
      tolerance: options.tolerance, uncertainty: options.uncertainty)
    epnp = EPnPSolver(model: model.img2poseUnits)
  }

  /// Fits the poses of `faces` and the translations of `turnedFaces`. Where no fit is possible, a face gets no
  /// `fit`, and it keeps only an annotated pose.
  mutating func fit(_ all: inout [Face], _ recordCamera: Camera) {
    let camera = recordCamera.intrinsics
    // A model of five points is fitted to the five points that 68 landmarks are reduced to.
    let isReduced = model.layout != layout
    let reduced = isReduced ? all.map { $0.landmarks?.fivePoints } : []
    let (faces, turnedFaces, occludedWeight) = (faces, turnedFaces, options.occludedWeight)
    func landmark(_ face: Int, _ point: Int) -> LeastSquaresPoseSolver.Landmark? {
      guard let landmarks = isReduced ? reduced[face] : all[face].landmarks else { return nil }
      let landmark = landmarks[point]
      switch landmark.visibility {
      case .missing: return nil
      case .visible: return (landmark.position, 1)
      case .occluded: return (landmark.position, occludedWeight)
      }
    }

    // The memory is reused from one record to the next.
    var fits: [(pose: Extrinsics, quality: FitQuality)?] = []
    swap(&fits, &self.fits)
    defer { swap(&fits, &self.fits) }
    fits.removeAll(keepingCapacity: true)
    let model = model
    let turn = options.turnSigma.map { SIMD3(repeating: $0) } ?? model.turnSigma
    let growth = options.uncertaintyOfTurned
    func take(_: Int, _ fit: PoseFit?) {
      guard let fit, fit.extrinsics.isPlausible,
        case let quality = FitQuality(fit, model, recordCamera, turn, ofTurned: growth),
        quality.isPlausible
      else { return fits.append(nil) }
      fits.append((fit.extrinsics, quality))
    }
    if options.method == .epnp {
      for face in faces {
        var pose = epnp.fit(camera: camera) { landmark(face, $0)?.position }
        pose?.translation *= FaceModel.metresPerImg2PoseUnit
        fits.append(
          pose.flatMap { $0.isPlausible ? $0 : nil }.flatMap { pose in
            FitQuality(epnp: pose, model, camera) { landmark(face, $0)?.position }
              .map { (pose, $0) }
          })
      }
    } else {
      leastSquares.fit(
        faces: faces.count, camera: { _ in camera }, landmark: { landmark(faces[$0], $1) },
        take: take)
    }
    leastSquares.fitTranslations(
      faces: turnedFaces.count, camera: { _ in camera },
      landmark: { landmark(turnedFaces[$0], $1) },
      rotation: { all[turnedFaces[$0]].pose?.rotation ?? .identity },
      take: take)
    give(fits, to: &all)
  }

  /// The fits of `faces`, then those of `turnedFaces`.
  private func give(_ fits: [(pose: Extrinsics, quality: FitQuality)?], to all: inout [Face]) {
    for (i, fit) in zip(faces, fits) {
      all[i].pose = fit.map { HeadPose($0.pose, frame: model.frame) }
      all[i].fit = fit?.quality
    }
    for (i, fit) in zip(turnedFaces, fits.dropFirst(faces.count)) {
      all[i].fit = fit?.quality
      guard let pose = all[i].pose, let fit else { continue }
      all[i].pose = HeadPose(
        rotationVector: pose.rotationVector, translation: fit.pose.translation, frame: pose.frame,
        provenance: .annotation)
    }
  }
}

extension HeadPose {
  /// A pose of a matrix, of assumed scale.
  public init(_ pose: Extrinsics, frame: Frame) {
    self.init(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation, frame: frame)
  }
}

extension FitQuality {
  fileprivate init(
    _ fit: PoseFit, _ model: FaceModel, _ camera: Camera, _ turnSigma: SIMD3<Double>,
    ofTurned growth: Double
  ) {
    // The face's axis against the camera's.
    let turn = acos(max(-1, min(1, fit.extrinsics.rotation.rows.2.z))) * 180 / .pi
    let factor = 1 + (growth - 1) * max(0, min(1, (turn - 25) / 25))
    var degrees = 180 / Double.pi * fit.covariance.rotationSigma
    var metres = factor * fit.covariance.translationSigma
    // Of a longer lens, the same picture is of a face that is farther away and nearer to the axis, seen from another side.
    let sigma = camera.focalSigma ?? 0
    let place = fit.extrinsics.translation / fit.extrinsics.translation.z
    let sight = 180 / Double.pi * sigma * SIMD3(place.y, place.x, 0)
    // How exact a rotation is that was given, nobody states; and without that, neither how exact the place is.
    let isGiven = degrees == .zero
    if !isGiven {
      degrees = factor * (degrees * degrees + turnSigma * turnSigma).squareRoot()
      degrees = (degrees * degrees + sight * sight).squareRoot()
    }
    let depth = sigma * fit.extrinsics.translation.z
    metres.z = (metres.z * metres.z + depth * depth).squareRoot()
    self.init(
      solver: .leastSquares, points: fit.points, reprojectionError: fit.reprojectionError,
      interocularDistance: model.interocularDistance(at: fit.extrinsics, camera.intrinsics),
      uncertainty: isGiven
        ? nil
        : Uncertainty(rotation: SIMD3<Float>(degrees), translation: SIMD3<Float>(metres)),
      flags: fit.points < model.points.count ? .fewPoints : [])
    if let ratio = fit.secondMinimumRatio, ratio <= Self.ambiguousRatio { flags.insert(.ambiguous) }
  }

  /// The quality of a pose by EPnP, which states no uncertainty; nil where the projections are not plausible.
  init?(
    epnp pose: Extrinsics, _ model: FaceModel, _ camera: Intrinsics,
    landmark: (Int) -> SIMD2<Double>?
  ) {
    var (squares, points) = (0.0, 0)
    for (i, point) in model.points.enumerated() {
      guard let landmark = landmark(i) else { continue }
      let offset = camera.projection(of: pose.applied(to: point)) - landmark
      squares += (offset * offset).sum()
      points += 1
    }
    let distance = model.interocularDistance(at: pose, camera)
    guard PlausibleRange.measure.contains(squares), PlausibleRange.measure.contains(distance),
      distance > 0
    else { return nil }
    self.init(
      solver: .epnp, points: points, reprojectionError: (squares / Double(points)).squareRoot(),
      interocularDistance: distance, flags: points < model.points.count ? .fewPoints : [])
  }
}

extension FaceModel {
  /// The interocular distance in the image, in pixels.
  fileprivate func interocularDistance(at pose: Extrinsics, _ camera: Intrinsics) -> Double {
    camera.focalLength.x * interocularDistance / pose.translation.z.magnitude
  }
}
