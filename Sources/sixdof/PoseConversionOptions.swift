public import ArgumentParser
internal import Codecs
internal import Datasets
public import Geometry

extension PoseNotation: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
  public static var allValueStrings: [String] { all.map(\.name) }
}

/// What is done to a pose between its notations.
struct PoseChangeOptions: ParsableArguments {
  enum Sight: String, ExpressibleByArgument, CaseIterable { case egocentric, allocentric }
  enum Origin: String, ExpressibleByArgument, CaseIterable {
    case biwiToARKit = "biwi-to-arkit"
    case arkitToBiwi = "arkit-to-biwi"
  }

  @Flag(help: "Mirror it left to right, as a flipped image shows it.") var mirror = false
  @Option(
    help:
      "Move the head's origin by PerspNet's alignment of the two datasets: 10 mm up and 21 mm back, or in reverse."
  )
  var origin: Origin?
  @Option(
    help:
      "Turn a rotation relative to the line of sight, as weak perspective has it, to one relative to the camera's axis (egocentric), or in reverse (allocentric)."
  )
  var sight: Sight?

  var isGiven: Bool { mirror || origin != nil || sight != nil }

  /// - Throws: `Failure` where a change needs a translation and there is none.
  func applied(to pose: PoseNotation.Pose, at place: String) throws -> PoseNotation.Pose {
    guard var extrinsics = pose.extrinsics else {
      guard origin == nil, sight == nil else {
        throw Failure("\(place): expected a translation for '--origin' and '--sight', found none")
      }
      return mirror ? PoseNotation.Pose(rotation: pose.rotation.mirrored) : pose
    }
    if mirror { extrinsics = extrinsics.mirrored }
    switch origin {
    case .biwiToARKit: extrinsics = extrinsics.fromBiwiToARKitOrigin
    case .arkitToBiwi: extrinsics = extrinsics.fromARKitToBiwiOrigin
    case nil: break
    }
    if sight != nil, !(extrinsics.translation.z > 0) {
      throw Failure("\(place): expected a head in front of the camera for '--sight'")
    }
    switch sight {
    case .egocentric: extrinsics = extrinsics.egocentric
    case .allocentric: extrinsics = extrinsics.allocentric
    case nil: break
    }
    return PoseNotation.Pose(extrinsics)
  }
}

/// The cameras that some notations need.
struct SceneOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The image's size, for the translation of 'pose-para'; the camera is that of 'label'.",
      valueName: "width>x<height"))
  var image: String?
  @Option(help: ArgumentHelp("Its focal length. (default: width + height)", valueName: "pixels"))
  var focal: Double?
  @Option(
    help: ArgumentHelp(
      "BIWI's rgb.cal: 'biwi' stays in the depth camera, all else is in the colour camera.",
      valueName: "file"))
  var rgbCal: String?

  var isGiven: Bool { image != nil || focal != nil || rgbCal != nil }

  func validate() throws {
    if let image, size(image) == nil {
      throw ValidationError("'--image' must be a size such as 640x480, not '\(image)'.")
    }
    if let focal {
      guard image != nil else { throw ValidationError("'--focal' needs '--image'.") }
      guard PlausibleRange.focalLength.contains(focal) else {
        throw ValidationError("'--focal' must be from 0.001 to 1e9, not \(focal).")
      }
    }
  }

  /// - Throws: `Failure` where the calibration is none.
  func load() throws -> PoseNotation.Scene {
    var scene = PoseNotation.Scene()
    if let (width, height) = image.flatMap(size) {
      var camera = Intrinsics.widthPlusHeight(width, height)
      if let focal { camera.focalLength = SIMD2(repeating: focal) }
      scene.camera = camera
      scene.imageHeight = height
    }
    scene.rig = try rgbCal.map(rig)
    return scene
  }

  private func size(_ text: String) -> (width: Int, height: Int)? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      PlausibleRange.imageSide.contains(SIMD2(Double(width), Double(height)))
    else { return nil }
    return (width, height)
  }

  private func rig(_ path: String) throws -> BiwiRig {
    do {
      return try MappedFile(path: path).withBytes { try BiwiCalibration(text: $0) }.rig
    } catch let problem as BiwiTextProblem {
      throw Failure("\(path)\(problem.line.map { ":\($0)" } ?? ""): \(problem.detail)")
    }
  }
}
