internal import Codecs
internal import Datasets
internal import Foundation
internal import Schema
internal import Timing

// Reads an ARKitFace folder into records on one core, several times, and prints the fastest run's seconds
// and the number of records; then the same for the floor, which only opens, reads and unpacks the same
// files. The script Benchmarks/arkitface-reading compares them with numpy.load in the same run.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: ARKitFaceReading FOLDER [ROUNDS]\n".utf8))
  exit(64)
}
let folder = CommandLine.arguments[1]
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 3 : 3

/// From file names, which a walk gives, to records.
func records() throws -> Int {
  var source = try ARKitFace.annotations(
    in: FileTree(path: folder), options: ReadingOptions(dataset: "arkitface"))
  var count = 0
  while let outcome = try source.next() {
    if outcome.record != nil { count += 1 }
  }
  return count
}

/// The bytes of all arrays, looked at by their checksums alone.
func floor() throws -> Int {
  let tree = try FileTree(path: folder)
  var walk = tree.walk()
  var count = 0
  while let path = try walk.next() {
    guard path.hasSuffix(".npz") else { continue }
    try tree.withBytes(of: path, limit: 1 << 24) { bytes in
      try NPZFile(bytes).withArrays(limit: 1 << 24) { arrays in count += arrays.isEmpty ? 0 : 1 }
    }
  }
  return count
}

let reading = try (0..<rounds).map { _ in try timed(records) }
let unpacking = try (0..<rounds).map { _ in try timed(floor) }
print(
  reading.map(\.seconds).min() ?? 0, unpacking.map(\.seconds).min() ?? 0, reading[0].result,
  unpacking[0].result)
