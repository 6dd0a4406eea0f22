public import Schema

/// Options of `synth`: the pictures of a synthetic dataset.
public struct SynthesisOptions: Sendable {
  /// The same seed gives the same dataset.
  public var seed: UInt64 = 1
  /// The records' split, `train`, `val` or `test`; some forms use it in names of files and folders.
  public var split = "train"
  /// Of each picture, in pixels.
  public var width = 640
  /// Of each picture, in pixels.
  public var height = 480
  /// How many faces a picture has at most, where the form holds several.
  public var maximumFaces = 4
  /// Amplitude of the background's noise in grey levels; 0 for a plain background. Larger values make larger files.
  public var noise = 6
  /// From 1 to 100, as libjpeg counts it.
  public var jpegQuality = 85
  /// Of ARKitFace's meshes; nil for tables of our own.
  public var meshTables: ARKitFaceTables?
  /// 300W-LP: gives each face a shape and an expression of its own, and no mirrored copies; nil for the mean face.
  public var landmarkModel: MorphableLandmarks?

  /// Options with the defaults given above.
  public init() {}
}
