import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport

/// A small ARKitFace in a folder of a test, file by file.
struct ARKitFaceFixture {
  let folder: String

  /// R_t of a frontal face half a metre away, a little to the right and up.
  static let transform: [Double] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.01, 0.02, -0.5, 1]

  /// Vertices on a half sphere of 8 cm.
  static let vertices: [Double] = (0..<1220).flatMap { i in
    let (a, b) = (Double(i % 35) / 35 * .pi, Double(i / 35) / 35 * .pi)
    return [0.08 * cos(a) * sin(b), 0.08 * cos(b), 0.08 * sin(a) * sin(b)]
  }

  static func array(_ values: [Double], _ shape: [Int], isDouble: Bool = true) -> [UInt8] {
    var data: [UInt8] = []
    for value in values {
      if isDouble {
        withUnsafeBytes(of: value) { data += $0 }
      } else {
        withUnsafeBytes(of: Float(value)) { data += $0 }
      }
    }
    return NPY.file(type: isDouble ? "<f8" : "<f4", shape: shape, data: data)
  }

  static func info(
    _ transform: [Double] = transform, _ vertices: [Double] = vertices, isDouble: Bool = true,
    isCompressed: Bool = false
  ) -> [UInt8] {
    npz(
      [
        ("verts", array(vertices, [1220, 3], isDouble: isDouble)),
        ("R_t", array(transform, [4, 4], isDouble: isDouble)),
      ], isCompressed: isCompressed)
  }

  static func npz(_ arrays: [(String, [UInt8])], isCompressed: Bool = false) -> [UInt8] {
    var writer = NPZWriter(isCompressed: isCompressed)
    for (name, npy) in arrays { writer.add(name, npy: npy) }
    return writer.finished()
  }

  func write(_ path: String, _ bytes: [UInt8] = []) throws {
    let url = URL(fileURLWithPath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func write(_ path: String, text: String) throws { try write(path, Array(text.utf8)) }

  /// All that a reading of the folder gives.
  func read(
    _ native: ReadingOptions.Native = .standard
  ) throws -> (records: [ImageRecord], issues: [String]) {
    var options = ReadingOptions(dataset: "arkitface")
    options.native = native
    var source = try ARKitFace.annotations(in: FileTree(path: folder), options: options)
    var (records, issues): ([ImageRecord], [String]) = ([], [])
    while let outcome = try source.next() {
      if let record = outcome.record { records.append(record) }
      issues += outcome.issues.map { "\($0.severity): \($0)" }
    }
    return (records, issues)
  }

  static func with<Result>(_ body: (ARKitFaceFixture) throws -> Result) throws -> Result {
    try withTemporaryDirectory { try body(ARKitFaceFixture(folder: $0)) }
  }

  /// The files below a folder with their bytes.
  static func files(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    var walk = try FileTree(path: folder).walk()
    while let path = try walk.next() {
      files[path] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
    }
    return files
  }
}
