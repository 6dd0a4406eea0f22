public import Geometry

/// What PerspNet's loader makes of a face before it draws a sample (TARGETS §2): all that does not depend on chance.
///
/// Pixels are those of the whole image, 0-based, with integer coordinates at pixel centres. The mesh and its matrix are in the
/// files' own axes: x right, y up, z toward the viewer, metres.
public struct PerspNetFace: Sendable, Equatable {
  /// The vertices in the object's axes, as the loader's `model` has them.
  public var vertices: [SIMD3<Float>]
  /// `R_t`, row after row: (X, Y, Z, 1) R_t is in the camera's axes.
  public var matrix: [Float]
  /// The image's, in pixels.
  public var camera: Intrinsics
  /// The image's width and height in pixels.
  public var imageSize: SIMD2<Int>
  /// The region that the loader crops without augmentation. Its last column and row are `right` and `bottom`.
  public var region: IntegerBox
  /// The middle of the 68 points' box, about which the loader's region lies.
  public var centre: SIMD2<Double>
  /// The longer side of the 68 points' box.
  public var extent: Double
  /// The 68 points as the mesh has them.
  public var landmarks: [SIMD2<Double>]
  /// The columns and rows of `triangles`: the smallest that hold the face's visible skin, as far as a sample may
  /// show it.
  public var maskBox: IntegerBox
  /// For each pixel of `maskBox`, row after row, the index of the triangle seen there; 65,535 where the loader's mask is 0:
  /// beside the face, in the eyes and in the mouth.
  public var triangles: [UInt16]
  /// The file of the piece of the image that samples are cut from.
  public var image: [UInt8] = []
  /// The image's column and row that are the piece's first.
  public var imageOrigin = SIMD2(0, 0)

  /// A pixel where no triangle is.
  public static let noTriangle = UInt16.max

  /// From what does not depend on the image's pixels.
  public init(
    vertices: [SIMD3<Float>], matrix: [Float], camera: Intrinsics, imageSize: SIMD2<Int>,
    region: IntegerBox, centre: SIMD2<Double>, extent: Double, landmarks: [SIMD2<Double>],
    maskBox: IntegerBox, triangles: [UInt16]
  ) {
    (self.vertices, self.matrix, self.camera) = (vertices, matrix, camera)
    (self.imageSize, self.region, self.centre, self.extent) = (imageSize, region, centre, extent)
    (self.landmarks, self.maskBox, self.triangles) = (landmarks, maskBox, triangles)
  }

  /// What PerspNet's own loader would do to the face without augmentation (TARGETS §2.6).
  public enum LoaderFault: String, Sendable, CaseIterable {
    /// The region begins beyond the left or upper edge: it takes another sample in its place.
    case replaced
    /// The region ends beyond the right edge: it joins pixels with other points of the face.
    case corrupted
  }

  /// Nil where the loader takes the face as it is.
  public var loaderFault: LoaderFault? {
    if region.left < 0 || region.top < 0 { return .replaced }
    return region.right > imageSize.x - 1 ? .corrupted : nil
  }
}
