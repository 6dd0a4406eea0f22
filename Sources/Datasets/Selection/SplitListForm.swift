public import Schema

/// How the list of a part is written, so that the dataset's users can read it.
public enum SplitListForm: String, Sendable, CaseIterable {
  /// Images' paths, as in WIDER FACE's file lists.
  case paths
  /// Paths without ending, as in 300W-LP's `files.txt`.
  case stems
  /// ARKitFace's comma-separated subjects, actions and images.
  case arkitFace = "arkitface"

  /// Without the dot.
  public var fileEnding: String { self == .arkitFace ? "csv" : "txt" }

  /// The first line; nil where the form has none.
  public var header: String? {
    self == .arkitFace ? ARKitFaceList.required.joined(separator: ",") : nil
  }

  /// The line that names a record's image, without a line feed.
  public func line(for record: ImageRecord) -> String {
    switch self {
    case .paths: record.image.path
    case .stems: MATFacePaths(path: record.image.path).stem
    case .arkitFace: ARKitFacePaths.row(of: record)
    }
  }
}
