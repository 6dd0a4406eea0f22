public import Codecs

/// 300W-LP.
public enum ThreeHundredWLP {
  /// The annotations in a folder, zip or tar.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    preconditionFailure("300W-LP is not read yet")
  }
}
