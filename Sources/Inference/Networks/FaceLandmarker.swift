internal import Codecs
internal import Geometry
public import Schema

/// Landmarks of a face, and the network's certainty that it is a face.
struct FaceLandmarks: Sendable, Equatable {
  /// Which points these are.
  var layout: Landmarks.Layout
  /// As many as the layout has, in pixels of the image, 0-based from the centre of the top-left pixel.
  var points: [SIMD2<Double>]
  /// From 0 to 1.
  var score: Float
}

/// A network that places landmarks in the boxes of faces; use one per thread.
protocol FaceLandmarker: AnyObject {
  /// The landmarks for each box; nil where no part of the box is inside the image.
  ///
  /// - Throws: `InferenceError` where the network fails.
  func landmarks(of boxes: [BoundingBox], in image: PixelImage) throws -> [FaceLandmarks?]

  /// How long the network itself has run.
  var networkTime: Duration { get }
}

/// The reference networks that place landmarks.
public enum LandmarkNetwork: String, Sendable, CaseIterable {
  /// MediaPipe's Face Mesh: 468 points (`FaceMeshLandmarker`).
  case faceMesh = "face-mesh"
  /// O-Net of MTCNN: five points (`ONetLandmarker`).
  case oNet = "o-net"

  /// The layout of its points.
  public var layout: Landmarks.Layout {
    switch self {
    case .faceMesh: .mediapipe468
    case .oNet: .face5
    }
  }

  /// Its file.
  var model: DefaultModel {
    switch self {
    case .faceMesh: .faceMesh
    case .oNet: .oNet
    }
  }

  /// The error of placing a point in one coordinate, in fractions of the interocular distance (`LandmarkUncertainty`).
  /// The five points of 16 photographs of AFLW2000 are off by 3.7 % (O-Net) and 3.0 % (Face Mesh) of the box's size in the
  /// mean, which is 2.9 and 2.4 % in a coordinate; a frontal face's eyes are 44 % of the box apart.
  public var placement: Double {
    switch self {
    case .faceMesh: 0.054
    case .oNet: 0.067
    }
  }

  /// How many times as uncertain poses are of faces that are turned away from the camera by 50 degrees and more, where the
  /// networks place what they cannot see. Measured on synthetic heads whose truth is known: with `placement` alone, 0.7 of
  /// the stated deviation at less than 25 degrees, 1.0 to 1.5 from 30 to 40, 1.0 to 1.9 beyond, and 2 to 3 where heads are in
  /// truth turned by more than 60. The size of faces, from 10 pixels between the eyes on, makes no difference.
  public var uncertaintyOfTurned: Double { 2 }

  func landmarker(_ model: ModelFile, on runtime: OpenVINO) throws -> any FaceLandmarker {
    switch self {
    case .faceMesh: try FaceMeshLandmarker(model, on: runtime)
    case .oNet: try ONetLandmarker(model, on: runtime)
    }
  }
}
