/// Makes a synthetic dataset whose truth is known, picture by picture, in its own native forms.
public protocol DatasetSynthesis {
  /// The files of one picture.
  associatedtype Picture: Sendable

  /// Draws the picture with an index, from 0. It may be called on any thread.
  var draw: @Sendable (_ index: Int, SyntheticPainter) -> Picture { get }

  /// Adds a picture with its annotations. Lists and the true records keep the order of the calls.
  mutating func add(index: Int, _ picture: Picture) throws

  /// Writes what can only be written at the end, the true records among it.
  mutating func finish() throws

  /// What stands beside the images, in words: "in four forms of annotation, and truth.jsonl".
  var summary: String { get }
}

/// The mean face of synthetic heads, in metres, in the canonical axes (x to the image's right, y down, z away).
public struct MeanFace: Sendable {
  /// Eyes, nose tip and mouth corners.
  public var five: [SIMD3<Double>]
  /// The 68 landmarks of iBUG.
  public var sixtyEight: [SIMD3<Double>]

  /// From both sets of points, in metres.
  public init(five: [SIMD3<Double>], sixtyEight: [SIMD3<Double>]) {
    (self.five, self.sixtyEight) = (five, sixtyEight)
  }
}
