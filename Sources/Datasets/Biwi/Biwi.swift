public import Codecs

/// BIWI.
public enum Biwi {
  /// The annotations in a folder, zip or tar.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    preconditionFailure("BIWI is not read yet")
  }
}
