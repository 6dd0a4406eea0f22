public import Codecs

/// 300W-LP: photos of 300-W turned to larger yaws, in sets with mirrored copies (FORMATS §3).
///
///     AFW/<stem>.jpg, AFW/<stem>.mat, AFW_Flip/..., landmarks/AFW/<stem>_pts.mat; HELEN, IBUG, LFPW
public enum ThreeHundredWLP {
  /// The annotations in a folder, zip or tar, at any depth; `Code/` is skipped.
  ///
  /// Poses are the annotation's, in a camera of f = w + h of the usual 450 x 450 pixels
  /// (`WeakPerspectiveLift` adapts them to images of another size). Files that cannot be read are
  /// issues and not thrown.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    MATFaceSource(.threeHundredWLP, in: tree, options: options)
  }
}
