import Codecs
import Datasets
import Foundation
import Schema
import Timing

// Reads a folder of AFLW2000-3D into records on one core, several times, and prints the fastest run's
// seconds and the number of records: first with native arrays, then without. The script
// Benchmarks/mat-reading compares them with scipy.io.loadmat of the same files in the same run.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: MATReading FOLDER [ROUNDS]\n".utf8))
  exit(64)
}
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 3 : 3

/// From the walk to the last record.
///
/// - Returns: how many there were.
func read(native: ReadingOptions.Native) throws -> Int {
  var reading = ReadingOptions(dataset: "aflw2000")
  reading.native = native
  var source = try AFLW2000.annotations(
    in: FileTree(path: CommandLine.arguments[1]), options: reading)
  var records = 0
  while let outcome = try source.next() { records += outcome.record == nil ? 0 : 1 }
  return records
}

let kept = try (0..<rounds).map { _ in try timed { try read(native: .standard) } }
let bare = try (0..<rounds).map { _ in try timed { try read(native: .none) } }
print("\(kept.map(\.seconds).min() ?? 0) \(bare.map(\.seconds).min() ?? 0) \(kept[0].result)")
