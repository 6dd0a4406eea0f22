internal import Datasets
internal import Foundation
internal import Schema
internal import Timing

// Reads a label.txt into records on one core, several times, and prints the fastest run's seconds: first
// with each record handed on and let go, as the pipeline does, then with all of them held. The script
// Benchmarks/annotation-reading compares them with Python's bare loop in the same run.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: AnnotationReading LABEL.txt [ROUNDS]\n".utf8))
  exit(64)
}
let path = CommandLine.arguments[1]
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 5 : 5

/// How many images and faces are read.
func read(holdingRecords holds: Bool) throws -> (images: Int, faces: Int) {
  var reading = ReadingOptions(dataset: "wider-face")
  reading.native = .none
  var source = try WiderFace.annotations(at: [path], options: reading)
  var held: [Outcome] = []
  var (images, faces) = (0, 0)
  while let outcome = try source.next() {
    guard let count = outcome.record?.faces.count else { continue }
    images += 1
    faces += count
    if holds { held.append(outcome) }
  }
  return (images, faces)
}

let streamed = try (0..<rounds).map { _ in try timed { try read(holdingRecords: false) } }
let held = try (0..<(rounds > 50 ? 0 : rounds)).map { _ in
  try timed { try read(holdingRecords: true) }
}
let fastest = streamed.map(\.seconds).min() ?? 0
let fastestHeld = held.map(\.seconds).min() ?? 0
print("\(fastest) \(fastestHeld) \(streamed[0].result.images) \(streamed[0].result.faces)")
