public import Codecs
public import Datasets
internal import Schema

/// Where a run's images are, and how large they may be.
public struct ImageLocation: Sendable {
  /// The folders, zips or tars that records' paths are relative to; an image is taken from the first that has it. Empty
  /// where none is named.
  public var paths: [String] = []
  /// Larger image files are refused.
  public var maximumBytes = 256 << 20
  /// Images of more pixels are refused before they are decoded.
  public var pixelLimit = PixelLimit.standard

  /// Whether a path that no file has is looked for below all folders.
  public var searchesFolders = false

  /// With the usual limits.
  public init(paths: [String] = []) { self.paths = paths }

  /// The images named, or else those of the dataset's own tree; nil where there are none and none are
  /// required.
  ///
  /// - Throws: `RunFailure` where they are required and not named.
  public func open(or tree: FileTree?, isRequired: Bool) throws -> ImageStore? {
    let named = try paths.map { path in
      try SourceDoctor.refuseFaultyArchive(path)
      return try ImageStore(
        path: path, maximumBytes: maximumBytes, pixelLimit: pixelLimit,
        searchesFolders: searchesFolders)
    }
    if let store = ImageStore(joining: named) { return store }
    if let tree {
      return try tree.images(
        maximumBytes: maximumBytes, pixelLimit: pixelLimit, searchesFolders: searchesFolders)
    }
    if isRequired { throw Self.missing }
    return nil
  }

  /// The same where a run cannot do without.
  public func required(or tree: FileTree?) throws -> ImageStore {
    guard let store = try open(or: tree, isRequired: true) else { throw Self.missing }
    return store
  }

  private static let missing = RunFailure(
    "expected the folder, zip or tar of images, found none named", reason: .call,
    remedy: .nameImages)
}

extension SourceDoctor {
  /// - Throws: `RunFailure` where an archive is not whole, or is none; folders and missing files pass.
  public static func refuseFaultyArchive(_ path: String) throws {
    if let fault = try archiveFault(at: path) { throw RunFailure(fault.detail) }
  }
}
