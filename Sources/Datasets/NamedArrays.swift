internal import Codecs
internal import Schema

extension Face {
  /// The arrays that the record keeps of the dataset's file, or names.
  var nativeArrays: [NativeArray] {
    if case .arrays(let arrays) = native { arrays } else { [] }
  }

  /// An array of a `.mat` file that the record has kept in full.
  func nativeArray(_ name: String) -> MATArray? {
    nativeArrays.first { $0.name == name }.flatMap(MATArray.init)
  }
}

/// Why a file that a record names cannot be had: "expected X, found Y".
struct MissingReference: Error { var detail: String }

extension [FileTree] {
  /// The dataset in which a file is that a record names.
  ///
  /// - Throws: `MissingReference` where there is none, or where several have a file of this name, of which any might be
  ///   meant.
  func holder(of path: String) throws(MissingReference) -> FileTree {
    let holders = count > 1 ? filter { $0.contains(path) } : self
    guard let source = holders.first ?? first else {
      throw MissingReference(detail: "expected the dataset it is in, found none given")
    }
    guard holders.count < 2 else {
      throw MissingReference(
        detail: "expected one dataset that has the file, found \(holders.count)")
    }
    return source
  }
}
