public import Codecs
public import Geometry
public import Schema

/// A face as a detector finds it, in pixels of the image it was given.
public struct FaceDetection: Sendable, Equatable {
  public var box: BoundingBox
  public var score: Float
}

/// Finds faces; one a thread.
public protocol FaceDetector: AnyObject {
  /// How long the network itself has run.
  var networkTime: Duration { get }

  /// All faces of more than a score, the best first.
  ///
  /// - Throws: `InferenceError` where the network fails.
  func faces(in image: PixelImage, threshold: Float) throws -> [FaceDetection]
}

/// A face as a network finds it that says the pose as well.
public struct HeadDetection: Sendable, Equatable {
  /// In pixels of the image it was given.
  public var box: BoundingBox
  public var score: Float
  /// In metres, in a camera with f = width + height of the image.
  public var pose: Extrinsics
  /// The network's own output and what that refers to, as records keep it.
  public var native: JSONValue
}

/// Finds faces and their poses by itself, in a camera of its own; one a thread.
public protocol HeadDetector: AnyObject {
  /// How long the network itself has run.
  var networkTime: Duration { get }

  /// All faces of more than a score, the best first.
  ///
  /// - Parameter image: in its own size, which this scales itself.
  /// - Throws: `InferenceError` where the network fails.
  func heads(in image: PixelImage, threshold: Float) throws -> [HeadDetection]
}
