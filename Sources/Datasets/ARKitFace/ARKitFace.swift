public import Codecs
internal import Schema

/// ARKitFace (Kao et al., "Toward 3D Face Reconstruction in Perspective Projection", 2022) and its
/// subset for WCPA (ECCV 2022): images of one face each, with 1,220 vertices and a pose that an iPhone
/// measured. FORMATS §6, §7, §10.
///
/// A `_info.npz` file holds `verts` (1220, 3) in metres in the face's axes, and `R_t` (4, 4). Both are in
/// OpenGL's axes, and `R_t` multiplies row vectors from the right; `RowTransform` maps them to ours.
public enum ARKitFace {
  /// The number of vertices of a face.
  public static let vertexCount = ARKitFaceTables.vertexCount

  /// The vertices that are the 68 landmarks of iBUG, beginning with the image-left jaw.
  public static let landmarkVertices = ARKitFaceTables.landmarkVertices

  /// The width and height, in pixels, of every image of the dataset.
  public static let imageSize = 800

  /// Reads the annotations of a folder, zip or tar, in the order of its lists where there are any.
  ///
  /// - Throws: `NotARKitFace` where the tree has neither layout of the dataset; errors of reading where a list
  ///   cannot be read.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    let folders = try ARKitFaceFolders(tree)
    let images = try tree.images(maximumBytes: largestImage)
    let reader = ARKitFaceSampleReader(
      tree: tree, folders: folders, images: images, options: options)
    if folders.lists.isEmpty { return ARKitFaceWalkSource(reader: reader) }
    return try ARKitFaceListSource(reader: reader)
  }

  /// A real image has some 100 KB. The size of a larger file than this is not looked up.
  private static let largestImage = 256 << 20
}
