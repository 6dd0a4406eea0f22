public import Codecs

/// ARKitFace (Kao et al., "Toward 3D Face Reconstruction in Perspective Projection", 2022) and its
/// subset for WCPA (ECCV 2022): images of one face each, with 1,220 vertices and a pose that an iPhone
/// measured. FORMATS §6, §7, §10.
///
/// A `_info.npz` file holds `verts` (1220, 3) in metres in the face's axes, and `R_t` (4, 4). Both are in
/// OpenGL's axes, and `R_t` multiplies row vectors from the right; `RowTransform` maps them to ours.
public enum ARKitFace {
  /// The number of vertices of a face.
  public static let vertexCount = 1220

  /// The vertices that are the 68 landmarks of iBUG, beginning with the image-left jaw: the figures of
  /// `kpt_ind.npy`, which are equal in PerspNet and TRG (asw91666/TRG-Release, MIT).
  public static let landmarkVertices = [
    57, 376, 208, 905, 462, 921, 923, 986, 975, 1050, 990, 906, 1216, 1215, 1213, 730, 966, 200,
    197, 327, 329, 348, 781, 764, 762, 646, 649, 15, 13, 10, 8, 308, 76, 4, 525, 743, 1101, 1096,
    1092, 1193, 1196, 1106, 1168, 1078, 1074, 1069, 1161, 1165, 190, 108, 94, 21, 543, 557, 639,
    713, 706, 28, 271, 278, 406, 95, 23, 544, 836, 708, 26, 273,
  ]

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
