internal import Geometry
public import Labelling
public import Schema

extension Packing {
  /// How poses are fitted.
  public struct Labelling {
    /// How a pose is fitted.
    public var options: LabellingOptions
    /// nil for the usual one.
    public var camera: CameraChoice?
    /// As the manifest names all of it.
    public let json: JSONValue

    /// - Parameters:
    ///   - options: how a pose is fitted.
    ///   - camera: nil for the usual one.
    ///   - cameraText: its name.
    ///   - faceModel: the face model's name, or the path of its file.
    public init(
      options: LabellingOptions, camera: CameraChoice?, cameraText: String, faceModel: String
    ) {
      (self.options, self.camera) = (options, camera)
      guard let solver = options.method.solver else {
        json = .object([("solver", .text("epnp")), ("face_model", .text("bfm"))])
        return
      }
      json = .object([
        ("solver", .text(solver.rawValue)), ("tolerance", .double(options.tolerance)),
        ("landmark_sigma", .double(options.uncertainty.placement)),
        ("identity_sigma", .double(options.uncertainty.identity)),
        ("uncertainty_of_turned", .double(options.uncertaintyOfTurned)),
        ("turn_sigma", options.turnSigma.map { .double($0) } ?? .text("of the face model")),
        ("occluded_weight", .double(options.occludedWeight)), ("camera", .text(cameraText)),
        ("face_model", .text(SourceLocation.fileName(of: faceModel))),
      ])
    }
  }
}

extension LabellingOptions.Method {
  /// - Parameters:
  ///   - profile: whose poses are made; img2pose's are fitted in one way.
  ///   - solver: how others are.
  public init(_ profile: PoseProfile, _ solver: FitQuality.Solver) {
    self =
      switch (profile.kind, solver) {
      case (.img2pose, _): .img2pose(profile.rule)
      case (.standard, .leastSquares): .leastSquares
      case (.standard, .epnp): .epnp
      }
  }

  /// The solver that was named; nil where img2pose's way names one.
  fileprivate var solver: FitQuality.Solver? {
    switch self {
    case .leastSquares: .leastSquares
    case .epnp: .epnp
    case .img2pose: nil
    }
  }
}
