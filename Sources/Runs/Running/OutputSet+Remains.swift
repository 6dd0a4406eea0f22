internal import Checks
internal import Codecs

extension OutputSet {
  /// Lets what an earlier run wrote and this one does not go with it, but for files that somebody changed since.
  ///
  /// - Parameter isOurs: whether a file goes, by the part of its name after the prefix.
  func dropRemains(
    of prefix: String, _ say: (String) -> Void, _ isOurs: (String) -> Bool = { _ in true }
  ) throws {
    let remains = try OutputManifest.remains(ofOutput: prefix, besides: suffixes)
    obsolete = remains.obsolete.filter(isOurs)
    for path in remains.changed {
      say(
        "note: \(path) stays: it was changed since an earlier run wrote it, and this one writes none"
      )
    }
  }
}
