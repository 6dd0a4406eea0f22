public import ArgumentParser
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
  var image: ImageSize?
  @Option(help: ArgumentHelp("Its focal length. (default: width + height)", valueName: "pixels"))
  var focal: Double?
  @Option(
    help: ArgumentHelp(
      "BIWI's rgb.cal: 'biwi' stays in the depth camera, all else is in the colour camera.",
      valueName: "file"))
  var rgbCal: String?

  var isGiven: Bool { image != nil || focal != nil || rgbCal != nil }

  func validate() throws {
    let sides = image.map { SIMD2(Double($0.width), Double($0.height)) }
    if let image, let sides, !PlausibleRange.imageSide.contains(sides) {
      throw ValidationError(
        "'--image' must be a size such as 640x480, not '\(image.width)x\(image.height)'.")
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
    try PoseNotation.Scene(
      imageSize: image.map { ($0.width, $0.height) }, focalLength: focal, calibration: rgbCal)
  }
}
