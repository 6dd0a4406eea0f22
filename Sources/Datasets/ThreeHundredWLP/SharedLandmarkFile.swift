internal import Codecs

/// The file of landmarks that an image of 300W-LP and its mirrored copy share, in an output that one run writes.
enum SharedLandmarkFile {
  /// What is said of an image that has to be left out.
  static let conflict = "images whose mirrored copy has other landmarks"

  /// Writes it, unless the run did so already.
  ///
  /// - Returns: false where it then has other points. Points that were mirrored twice are off by rounding.
  static func write(_ arrays: [MATArray], to path: String) throws -> Bool {
    guard fileExists(path) else {
      try MATWriter.write(arrays, to: path)
      return true
    }
    return try MappedFile(path: path, isWatched: false).withBytes { bytes in
      let written = try MATArrays(bytes, path: path, limit: 1 << 20)
      guard let old = written["pts_3d"]?.doubles,
        let new = arrays.first(where: { $0.name == "pts_3d" })?.doubles
      else { return false }
      return old.count == new.count && zip(old, new).allSatisfy { abs($0 - $1) < 1e-6 }
    }
  }
}
