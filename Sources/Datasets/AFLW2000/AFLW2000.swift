public import Codecs

/// AFLW2000-3D.
public enum AFLW2000 {
  /// The annotations in a folder, zip or tar.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    preconditionFailure("AFLW2000-3D is not read yet")
  }
}
