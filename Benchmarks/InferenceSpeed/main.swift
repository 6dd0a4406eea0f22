// Searches a list of images for faces on one thread, as often as told, and prints images, faces, seconds, and how
// many of those the networks themselves ran. Loading the networks is not counted.

internal import Codecs
internal import Inference
internal import Schema
internal import Timing

let arguments = CommandLine.arguments.dropFirst()
guard let rounds = arguments.first.flatMap({ Int($0) }), rounds > 0, arguments.count > 1 else {
  fatalError("usage: InferenceSpeed ROUNDS IMAGE...")
}
let predictor = try FacePredictor(ReferenceInference())
let files = try arguments.dropFirst().map { try MappedFile(path: $0) }
for _ in 0..<rounds {
  let networks = predictor.networkTime
  let (seconds, faces) = try timed {
    try files.reduce(0) { $0 + (try $1.withBytes { try predictor.faces(inFile: $0) }.count) }
  }
  print(files.count, faces, seconds, (predictor.networkTime - networks) / .seconds(1))
}
