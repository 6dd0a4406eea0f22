internal import Datasets
internal import Foundation
internal import Schema

// Reads a label.txt into records in memory, on one core, several times, and prints the fastest run's
// seconds. Benchmarks/annotation-reading compares it with Python's bare loop in the same run.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: AnnotationReading LABEL.txt [ROUNDS]\n".utf8))
  exit(64)
}
let path = CommandLine.arguments[1]
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 5 : 5
var fastest = Double.infinity
var (images, faces) = (0, 0)
for _ in 0..<rounds {
  let start = ContinuousClock.now
  var reading = ReadingOptions(dataset: "wider-face")
  reading.keepsNative = false
  var source = try WiderFace.annotations(at: [path], options: reading)
  var records: [ImageRecord] = []
  while let outcome = try source.next() {
    if let record = outcome.record { records.append(record) }
  }
  let elapsed = ContinuousClock.now - start
  fastest = min(fastest, Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds))
  images = records.count
  faces = records.reduce(0) { $0 + $1.faces.count }
}
print("\(fastest) \(images) \(faces)")
