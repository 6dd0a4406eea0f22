import Codecs
import Foundation
import Schema
import Timing

// Reads a file of records on one thread, several times, and prints the fastest run's seconds, first with all of each
// record, then without what is kept of its source, and the number of records. To be held against a loop of Python's orjson, as
// Benchmarks/run holds the commands.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: RecordReading RECORDS.jsonl [ROUNDS]\n".utf8))
  exit(64)
}
let file = try MappedFile(path: CommandLine.arguments[1])
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 3 : 3

/// - Returns: how many records there were.
func read(keepsNative: Bool) -> Int {
  var lines = RecordLines(file: file)
  lines.keepsNative = keepsNative
  var count = 0
  while let outcome = lines.next() { count += outcome.record == nil ? 0 : 1 }
  return count
}

let whole = (0..<rounds).map { _ in timed { read(keepsNative: true) } }
let skipping = (0..<rounds).map { _ in timed { read(keepsNative: false) } }
print("\(whole.map(\.seconds).min() ?? 0) \(skipping.map(\.seconds).min() ?? 0) \(whole[0].result)")
