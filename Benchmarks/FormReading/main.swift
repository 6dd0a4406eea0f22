internal import Datasets
internal import Foundation
internal import Schema
internal import Timing

// Reads an annotation file of any form into records with some reading threads, each handed on and let go, and prints the seconds of
// each round, then how many records and faces there are. Benchmarks/form-reading compares with Python's modules.

guard CommandLine.arguments.count == 5, let rounds = Int(CommandLine.arguments[3]),
  let jobs = Int(CommandLine.arguments[4]),
  let form = DatasetDescription.named(CommandLine.arguments[1]), let open = form.readFiles
else {
  FileHandle.standardError.write(Data("usage: FormReading FORM FILE ROUNDS JOBS\n".utf8))
  exit(64)
}

func read() throws -> (records: Int, faces: Int) {
  var options = ReadingOptions(dataset: form.name)
  options.jobs = jobs
  var source = try open([CommandLine.arguments[2]], options)
  var (records, faces) = (0, 0)
  while let outcome = try source.next() {
    guard let record = outcome.record else { continue }
    records += 1
    faces += record.faces.count
  }
  return (records, faces)
}

let results = try (0..<rounds).map { _ in try timed { try read() } }
print(results.map { "\($0.seconds)" }.joined(separator: " "))
print(results[0].result.records, results[0].result.faces)
