internal import Glibc

/// The files and folders that a run reads. Its outputs must not touch them.
struct ReadPlaces {
  private struct Place {
    var named: String
    var device: UInt64
    var inode: UInt64
    /// nil for an open descriptor.
    var real: String?
    var isFolder: Bool
  }

  private var places: [Place] = []

  /// - Parameter paths: `-` is standard input. Missing ones are left out, as reading them will report it.
  init(_ paths: [String]) {
    for path in paths {
      var status = stat()
      guard (path == "-" ? fstat(0, &status) : stat(path, &status)) == 0 else { continue }
      let kind = status.st_mode & S_IFMT
      // Input from a terminal or pipe is not a file that could be lost.
      guard kind == S_IFREG || kind == S_IFDIR else { continue }
      places.append(
        Place(
          named: path == "-" ? "standard input" : "'\(path)'", device: UInt64(status.st_dev),
          inode: UInt64(status.st_ino), real: path == "-" ? nil : resolved(path),
          isFolder: kind == S_IFDIR))
    }
  }

  /// - Throws: `OutputRefusal` where the output is one of these, lies in one, or contains one.
  func check(_ output: OutputPlace, isFolder: Bool) throws(OutputRefusal) {
    if case .stream(let descriptor) = output.kind {
      try checkStream(output, descriptor)
      return
    }
    var status = stat()
    let isThere = stat(output.target, &status) == 0
    let real = output.realTarget
    for place in places {
      if isThere, UInt64(status.st_dev) == place.device, UInt64(status.st_ino) == place.inode {
        throw OutputRefusal(output.path, "expected another file than the input \(place.named)")
      }
      guard let input = place.real else { continue }
      if place.isFolder, real == input || Self.isPath(real, inside: input) {
        throw OutputRefusal(
          output.path, "expected a place outside of the input, found one inside of \(place.named)")
      }
      if isFolder, Self.isPath(input, inside: real) {
        throw OutputRefusal(
          output.path, "expected a folder without the input, found that it holds \(place.named)")
      }
    }
  }

  /// - Throws: `OutputRefusal` where an input lies in the folder, which the run is going to empty.
  func checkNone(inside folder: String) throws(OutputRefusal) {
    guard let real = resolved(folder) else { return }
    for place in places {
      if let input = place.real, input == real || Self.isPath(input, inside: real) {
        throw OutputRefusal(
          folder,
          "expected no input in the folder of an unfinished run, found \(place.named); move it first"
        )
      }
    }
  }

  /// The file to which standard output was redirected may also be the input.
  private func checkStream(
    _ output: OutputPlace, _ descriptor: Int32?
  ) throws(OutputRefusal) {
    var status = stat()
    guard let descriptor, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return }
    for place in places
    where UInt64(status.st_dev) == place.device && UInt64(status.st_ino) == place.inode {
      throw OutputRefusal(output.path, "expected another file than the input \(place.named)")
    }
  }

  private static func isPath(_ path: String, inside folder: String) -> Bool {
    folder == "/" || path.hasPrefix(folder + "/")
  }
}
