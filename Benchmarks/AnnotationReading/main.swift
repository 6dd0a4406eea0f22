internal import Datasets
internal import Foundation
internal import Schema

// Reads a label.txt into records on one core, several times, and prints the fastest run's seconds: first
// with each record handed on and let go, as the pipeline does, then with all of them held. The script
// Benchmarks/annotation-reading compares them with Python's bare loop in the same run.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: AnnotationReading LABEL.txt [ROUNDS]\n".utf8))
  exit(64)
}
let path = CommandLine.arguments[1]
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 5 : 5

/// Seconds, and how many images and faces were read.
func read(holdingRecords holds: Bool) throws -> (seconds: Double, images: Int, faces: Int) {
  let start = ContinuousClock.now
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
  let elapsed = (ContinuousClock.now - start).components
  return (Double(elapsed.attoseconds) * 1e-18 + Double(elapsed.seconds), images, faces)
}

let streamed = try (0..<rounds).map { _ in try read(holdingRecords: false) }
let held = try (0..<(rounds > 50 ? 0 : rounds)).map { _ in try read(holdingRecords: true) }
let fastest = streamed.map(\.seconds).min() ?? 0
let fastestHeld = held.map(\.seconds).min() ?? 0
print("\(fastest) \(fastestHeld) \(streamed[0].images) \(streamed[0].faces)")
