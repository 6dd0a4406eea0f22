/// What `synth` is asked for.
public struct SynthesisOptions: Sendable {
  public var seed: UInt64 = 1
  public var split = "train"
  public var width = 640
  public var height = 480
  public var maximumFaces = 4
  /// Amplitude of the background's noise in grey levels, 0 for a plain one; more makes larger files.
  public var noise = 6
  public var jpegQuality = 85

  public init() {}
}
