internal import Codecs
internal import Datasets
public import Geometry

extension PoseNotation.Scene {
  /// The cameras that notations need.
  ///
  /// - Parameters:
  ///   - imageSize: in pixels; nil where there is no image.
  ///   - focalLength: in pixels; nil for width plus height.
  ///   - calibration: the path of BIWI's `rgb.cal`; nil where the depth camera is the only one.
  /// - Throws: `RunFailure` where the calibration is none; `FileError` where it cannot be read.
  public init(
    imageSize: (width: Int, height: Int)?, focalLength: Double?, calibration: String?
  ) throws {
    self.init()
    if let (width, height) = imageSize {
      var camera = Intrinsics.widthPlusHeight(width, height)
      if let focalLength { camera.focalLength = SIMD2(repeating: focalLength) }
      (self.camera, imageHeight) = (camera, height)
    }
    rig = try calibration.map(Self.rig)
  }

  private static func rig(_ path: String) throws -> BiwiRig {
    do {
      return try MappedFile(path: path).withBytes { try BiwiCalibration(text: $0) }.rig
    } catch let problem as BiwiTextProblem {
      throw RunFailure("\(path)\(problem.line.map { ":\($0)" } ?? ""): \(problem.detail)")
    }
  }
}
