public import Codecs

/// ARKitFace.
public enum ARKitFace {
  /// The annotations in a folder, zip or tar.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    preconditionFailure("ARKitFace is not read yet")
  }
}
