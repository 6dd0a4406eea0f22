public import ArgumentParser
public import Geometry
internal import Inference
internal import Labelling
public import Runs
public import Schema

extension RotationRule: ExpressibleByArgument {}
extension PoseProfile.Kind: ExpressibleByArgument {}
extension FitQuality.Solver: ExpressibleByArgument {}

/// Whose poses are made.
struct ProfileOptions: ParsableArguments {
  @Option(
    help:
      "What poses are: the least-squares optimum in the image's camera (default), or what img2pose's own converter makes of boxes and landmarks (img2pose)."
  )
  var profile: PoseProfile.Kind = .standard

  @Option(
    help:
      "How img2pose's sheared matrices become rotations: as SciPy does since 1.15.2 (procrustes), or as before (markley). (default: procrustes; with --profile img2pose markley)"
  )
  var rotationRule: RotationRule?

  @OptionGroup var frames: FrameOptions

  func validate() throws {
    guard profile == .standard || frames.frameOf == nil else {
      throw ValidationError(
        "'--frame-of' has no effect on '--profile img2pose', which fits all poses in its own frame."
      )
    }
  }

  var settings: PoseProfile {
    PoseProfile(profile, rule: rotationRule, frames: frames.conversion)
  }
}

/// How poses are fitted.
struct FitOptions: ParsableArguments {
  @Option(help: "How a pose is fitted to landmarks.")
  var solver: FitQuality.Solver = .leastSquares

  @Option(
    help: ArgumentHelp(
      "Iterations stop when a step promises to lower the cost by less than this.",
      valueName: "fraction"))
  var tolerance: Double = 1e-6

  @Option(
    help: ArgumentHelp(
      "Standard deviation of a landmark's placement, for the poses' sigmas, in fractions of the interocular distance. (default: 0.01; 0.054 for points of Face Mesh, 0.067 for those of O-Net, and up to twice as uncertain where a face is turned away)",
      valueName: "fraction"))
  var landmarkSigma: Double?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of a person's face about the mean face, in the same unit. (default: 0.043; of a face that calibrate wrote, as measured)",
      valueName: "fraction"))
  var identitySigma: Double?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of a turn that all poses share, about each axis of the camera. (default: as measured of the face model: 4 about x for the 68 points of bfm, 3 for its 5, 0 for a face of yours)",
      valueName: "degrees"))
  var turnSigma: Double?

  @Option(
    help: ArgumentHelp(
      "By how much an occluded landmark counts where a visible one counts 1.", valueName: "weight"))
  var occludedWeight: Double = 1

  func validate() throws {
    guard tolerance > 0, tolerance < 1 else {
      throw ValidationError("'--tolerance' must be between 0 and 1, not \(tolerance).")
    }
    for (name, value) in [
      ("landmark-sigma", landmarkSigma ?? 0), ("identity-sigma", identitySigma ?? 0),
    ] {
      guard (0...1).contains(value) else {
        throw ValidationError("'--\(name)' must be from 0 to 1, not \(value).")
      }
    }
    if let turnSigma, !(0...90).contains(turnSigma) {
      throw ValidationError("'--turn-sigma' must be from 0 to 90, not \(turnSigma).")
    }
    guard (0...1).contains(occludedWeight) else {
      throw ValidationError("'--occluded-weight' must be from 0 to 1, not \(occludedWeight).")
    }
    guard (landmarkSigma ?? 1) + (identitySigma ?? 1) > 0 else {
      throw ValidationError("'--landmark-sigma' and '--identity-sigma' cannot both be 0.")
    }
  }
}

/// Which camera is assumed where the dataset has none.
struct CameraOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case widthPlusHeight = "width-plus-height"
    case weakPerspective = "weak-perspective"
    case exif
    case estimate
  }

  @Option(
    help:
      "The camera where the dataset has none: f = width + height as img2pose assumes; 100 times that, which is scaled orthography to 1 %; by EXIF's focal length, and width + height where a photo has none or is cropped; or, for label with a face that calibrate wrote, as the perspective of the faces shows of images of one size. (default: width-plus-height; weak-perspective for poses of 300W-LP and AFLW2000 that are fitted anew)"
  )
  var camera: Kind?

  @Option(help: ArgumentHelp("Its focal length.", valueName: "pixels"))
  var focal: Double?

  @Option(help: ArgumentHelp("The angle that the image's width spans.", valueName: "degrees"))
  var fov: Double?

  @Option(
    help: ArgumentHelp(
      "Cameras from a file: a 3 x 3 matrix, or lines of JSON with fx, fy, cx, cy and, for several, the image's path.",
      valueName: "file"))
  var intrinsics: String?

  func validate() throws {
    let given = [camera != nil, focal != nil, fov != nil, intrinsics != nil].count { $0 }
    guard given <= 1 else {
      throw ValidationError("'--camera', '--focal', '--fov' and '--intrinsics' exclude each other.")
    }
    if let focal, !PlausibleRange.focalLength.contains(focal) {
      throw ValidationError("'--focal' must be from 0.001 to 1e9, not \(focal).")
    }
    // Then the focal length of any image is one that there may be.
    if let fov, !(fov >= 0.1 && fov <= 179.7) {
      throw ValidationError("'--fov' must be from 0.1 to 179.7, not \(fov).")
    }
  }

  /// For commands that read no images.
  func validateWithoutPhotos() throws {
    if camera == .exif {
      throw ValidationError(
        "'--camera exif' needs the photos; build, annotate and infer read them.")
    }
  }

  /// Which were given.
  var given: [String] {
    [
      ("--camera", camera != nil), ("--focal", focal != nil), ("--fov", fov != nil),
      ("--intrinsics", intrinsics != nil),
    ].filter(\.1).map(\.0)
  }

  /// For commands that do not read records twice.
  func validateWithoutEstimate() throws {
    if camera == .estimate {
      throw ValidationError(
        "'--camera estimate' is for label, which takes the records that this command writes; --relabel fits their poses anew."
      )
    }
  }

  /// nil where none was named, or one that faces are to show.
  func load() throws -> CameraChoice? {
    if let focal { return .focalLength(focal) }
    if let fov { return .fieldOfView(fov) }
    if let intrinsics {
      do {
        return .table(try CameraTable(contentsOf: intrinsics))
      } catch let error as CameraTableError {
        throw RunFailure("\(error)")
      }
    }
    return camera.flatMap { CameraChoice.named[$0.rawValue] }
  }

  /// As the manifest names it.
  var text: String {
    if let focal { return "focal \(focal)" }
    if let fov { return "fov \(fov)" }
    if let intrinsics { return "intrinsics \(SourceLocation.fileName(of: intrinsics))" }
    return (camera ?? .widthPlusHeight).rawValue
  }
}

/// All that decides which poses a run derives.
struct LabelOptions: ParsableArguments {
  @OptionGroup(title: "Poses") var profile: ProfileOptions
  @OptionGroup(title: "Fit") var fit: FitOptions
  @OptionGroup(title: "Camera") var camera: CameraOptions
  @OptionGroup(title: "Face model") var faceModel: FaceModelOptions

  func validate() throws {
    guard profile.profile == .img2pose else { return }
    let others: [(name: String, isGiven: Bool)] = [
      ("solver", fit.solver != .leastSquares),
      ("camera", camera.camera.map { $0 != .widthPlusHeight } ?? false),
      ("focal", camera.focal != nil), ("fov", camera.fov != nil),
      ("intrinsics", camera.intrinsics != nil),
      ("face-model", (faceModel.faceModel ?? "bfm") != "bfm"),
    ]
    if let other = others.first(where: \.isGiven) {
      throw ValidationError(
        "'--\(other.name)' has no effect on '--profile img2pose', which follows its converter.")
    }
  }

  /// The files that decide how poses are fitted.
  var files: [String] { faceModel.files + [camera.intrinsics].compactMap { $0 } }

  /// What was given that decides how poses are fitted, where it is not the default.
  var givenForFit: [String] {
    let options: [(name: String, isGiven: Bool)] = [
      ("--profile", profile.profile != .standard),
      ("--frame-of", profile.frames.frameOf != nil),
      ("--rotation-rule", profile.rotationRule != nil),
      ("--solver", fit.solver != .leastSquares), ("--tolerance", fit.tolerance != 1e-6),
      ("--landmark-sigma", fit.landmarkSigma != nil),
      ("--identity-sigma", fit.identitySigma != nil), ("--turn-sigma", fit.turnSigma != nil),
      ("--occluded-weight", fit.occludedWeight != 1), ("--face-model", faceModel.faceModel != nil),
    ]
    return options.filter(\.isGiven).map(\.name)
  }

  /// All of it, for a run that packs.
  ///
  /// - Parameter network: what places the landmarks; nil where they are annotated.
  /// - Throws: as `labelling` and `CameraOptions.load`.
  func packed(predictedBy network: LandmarkNetwork? = nil) throws -> Packing.Labelling {
    let options = try labelling(predictedBy: network)
    return Packing.Labelling(
      options: options, camera: try camera.load(), cameraText: camera.text,
      faceModel: faceModel.faceModel ?? "bfm")
  }

  /// - Parameter network: what places the landmarks; nil where they are annotated.
  /// - Throws: `RunFailure` where a user's file is no face model.
  func labelling(predictedBy network: LandmarkNetwork? = nil) throws -> LabellingOptions {
    var options = LabellingOptions()
    options.method = LabellingOptions.Method(profile.settings, fit.solver)
    options.models = try faceModel.load()
    options.tolerance = fit.tolerance
    options.uncertainty.placement =
      fit.landmarkSigma ?? network?.placement ?? options.uncertainty.placement
    if fit.landmarkSigma == nil { options.uncertaintyOfTurned = network?.uncertaintyOfTurned ?? 1 }
    if let sigma = fit.identitySigma ?? options.models.identitySigma {
      options.uncertainty.identity = sigma
    }
    options.turnSigma = fit.turnSigma
    options.occludedWeight = fit.occludedWeight
    return options
  }
}
