public import ArgumentParser
internal import Codecs
internal import Datasets
public import Geometry
public import Runs

extension PoseNotation: NamedArgument {
  public init?(argument: String) { self.init(name: argument) }
  public static var allValueStrings: [String] { all.map(\.name) }
}

/// What is done to a pose between its notations.
struct PoseChangeOptions: ParsableArguments {
  @Flag(help: "Mirror it left to right, as a flipped image shows it.") var mirror = false
  @Option(
    help:
      "Move the head's origin by PerspNet's alignment of the two datasets: 10 mm up and 21 mm back, or in reverse."
  )
  var origin: PoseChange.Origin?
  @Option(
    help:
      "Turn a rotation relative to the line of sight, as weak perspective has it, to one relative to the camera's axis (egocentric), or in reverse (allocentric)."
  )
  var sight: PoseChange.Sight?

  var isGiven: Bool { mirror || origin != nil || sight != nil }

  var change: PoseChange { PoseChange(isMirrored: mirror, origin: origin, sight: sight) }
}

extension PoseChange.Origin: ExpressibleByArgument {}
extension PoseChange.Sight: ExpressibleByArgument {}

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

  /// - Throws: `RunFailure` where the calibration is none.
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
      throw RunFailure("\(path)\(problem.line.map { ":\($0)" } ?? ""): \(problem.detail)")
    }
  }
}
