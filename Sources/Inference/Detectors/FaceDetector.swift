public import Codecs
public import Geometry
public import Schema

/// A face as a detector found it, in pixels of the image that it was given.
public struct FaceDetection: Sendable, Equatable {
  /// In pixels, from 0 to the width and height of the image.
  public var box: BoundingBox
  /// From 0 to 1.
  public var score: Float
}

/// Finds faces; use one per thread.
public protocol FaceDetector: AnyObject {
  /// How long the network itself has run since it was made.
  var networkTime: Duration { get }

  /// How many pixels the longer side of an image needs at least; nil where its results are those of all pixels alone.
  var sufficientSize: Int? { get }

  /// All faces with more than a score, the best first.
  ///
  /// - Throws: `InferenceError` where the network fails.
  func faces(in image: PixelImage, threshold: Float) throws -> [FaceDetection]
}

/// A face found by a network that also gives its pose.
public struct HeadDetection: Sendable, Equatable {
  /// In pixels of the image that the network was given.
  public var box: BoundingBox
  /// From 0 to 1.
  public var score: Float
  /// In metres, in a camera with f = width + height of the image; frame `bfm`.
  public var pose: Extrinsics
  /// The network's own output and what it refers to, as records keep it.
  public var native: JSONValue
}

/// Finds faces and their poses together, in a camera of its own; use one per thread.
public protocol HeadDetector: AnyObject {
  /// How long the network itself has run since it was made.
  var networkTime: Duration { get }

  /// All faces with more than a score, the best first.
  ///
  /// - Parameters:
  ///   - image: in its full size; the network's input is scaled from it.
  ///   - threshold: faces need a greater score than this.
  /// - Throws: `InferenceError` where the network fails.
  func heads(in image: PixelImage, threshold: Float) throws -> [HeadDetection]
}
