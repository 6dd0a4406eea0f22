import Foundation
import Glibc

/// A parser with the valid inputs it is fed mutations of.
struct FuzzedParser: Sendable {
  /// A parser at work: takes an input and throws where it refuses it.
  typealias Parse = ([UInt8]) throws -> Void

  let name: String
  let shape: Mutator.Shape
  let seeds: @Sendable (SeedFolder) throws -> [[UInt8]]
  /// - Parameter place: a folder of its own, for parsers of files.
  let make: @Sendable (_ place: Place, _ seeds: SeedFolder) throws -> Parse

  init(
    _ name: String, _ shape: Mutator.Shape,
    seeds: @escaping @Sendable (SeedFolder) throws -> [[UInt8]],
    make: @escaping @Sendable (Place, SeedFolder) throws -> Parse
  ) {
    (self.name, self.shape, self.seeds, self.make) = (name, shape, seeds, make)
  }

  /// Every parser of this project.
  static let all: [FuzzedParser] = texts + binaries + images + archives + stores + datasets + forms
}

/// The files that `Scripts/fuzz` had the program make.
struct SeedFolder: Sendable {
  let path: String

  func file(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(relative)")))
  }

  /// All files whose paths end so.
  func files(_ endings: String...) throws -> [[UInt8]] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    return try paths.filter { path in endings.contains(where: path.hasSuffix) }.map(file)
      .filter { !$0.isEmpty && $0.count <= Mutator.largest / 2 }
  }
}

/// A folder for one parser's files.
struct Place: Sendable {
  let path: String

  init(_ path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// - Returns: the file's path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw CocoaError(.fileWriteOutOfSpace)
    }
    return file
  }

  /// Copies a folder of the seeds.
  func copy(_ relative: String, of seeds: SeedFolder) throws -> String {
    let copy = "\(path)/\(relative.replacingOccurrences(of: "/", with: "-"))"
    if FileManager.default.fileExists(atPath: copy) {
      try FileManager.default.removeItem(atPath: copy)
    }
    try FileManager.default.copyItem(atPath: "\(seeds.path)/\(relative)", toPath: copy)
    return copy
  }
}
