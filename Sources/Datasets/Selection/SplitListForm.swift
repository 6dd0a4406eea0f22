public import Schema

/// How a part's list is written, so that its dataset's users can read it.
public enum SplitListForm: String, Sendable, CaseIterable {
  /// Images' paths, as in WIDER FACE's file lists.
  case paths
  /// Paths without ending, as in 300W-LP's `files.txt`.
  case stems
  /// ARKitFace's comma-separated subjects, actions and images.
  case arkitFace = "arkitface"

  public var fileEnding: String { self == .arkitFace ? "csv" : "txt" }

  /// The line before all others.
  public var header: String? {
    self == .arkitFace ? ARKitFaceList.required.joined(separator: ",") : nil
  }

  public func line(for record: ImageRecord) -> String {
    switch self {
    case .paths: record.image.path
    case .stems: MATFacePaths(path: record.image.path).stem
    case .arkitFace: ARKitFacePaths.row(of: record)
    }
  }
}
