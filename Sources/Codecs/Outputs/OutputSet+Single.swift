// Sets whose main output is one file or one folder, which the user names whole.
extension OutputSet {
  /// One file. `-` is standard output; streams are written to directly.
  ///
  /// - Parameters:
  ///   - path: the file, as the user named it.
  ///   - ending: the usual ending of the path, which the names of its companions do not keep.
  ///   - companions: suffixes of files beside it, which replace `ending`.
  ///   - inputs: the paths that the run reads.
  ///   - resume: whether to continue an interrupted run; nil where that is not possible.
  /// - Throws: `OutputRefusal` where one of them must not be written.
  public convenience init(
    file path: String, ending: String = "", companions: [String] = [], inputs: [String],
    resume: Bool? = nil
  ) throws {
    if path == "-" {
      try self.init(base: "/dev/stdout", files: [""], inputs: inputs)
      return
    }
    if path.hasSuffix("/") {
      throw OutputRefusal(path, "expected the name of a file, found a folder's")
    }
    let hasEnding =
      !ending.isEmpty && path.hasSuffix(ending) && !path.hasSuffix("/" + ending)
      && path != ending
    let base = hasEnding ? String(path.dropLast(ending.count)) : path
    try self.init(
      base: base, files: [String(path.dropFirst(base.count))] + companions, inputs: inputs,
      resume: resume)
  }

  /// One folder.
  ///
  /// - Parameters:
  ///   - path: the folder, as the user named it.
  ///   - companions: suffixes of files beside it.
  ///   - inputs: the paths that the run reads.
  ///   - existing: what is done about a folder that is there already.
  /// - Throws: `OutputRefusal` where one of them must not be written.
  public convenience init(
    folder path: String, companions: [String] = [], inputs: [String],
    existing: Existing = .refused
  ) throws {
    guard path != "-" else {
      throw OutputRefusal(path, "expected the name of a folder, found that of standard output")
    }
    var path = path
    while path.hasSuffix("/"), path != "/" { path.removeLast() }
    try self.init(
      base: path, files: companions, folders: [""], inputs: inputs, existing: existing)
  }
}
