// Searches a list of images for faces on one thread, as often as told, and prints images, faces, seconds, and how
// many of those the networks themselves ran. Loading the networks is not counted.

internal import Codecs
internal import Inference
internal import Schema

let arguments = CommandLine.arguments.dropFirst()
guard let rounds = arguments.first.flatMap({ Int($0) }), rounds > 0, arguments.count > 1 else {
  fatalError("usage: InferenceSpeed ROUNDS IMAGE...")
}
let predictor = try FacePredictor(ReferenceInference())
let files = try arguments.dropFirst().map { try MappedFile(path: $0) }
for _ in 0..<rounds {
  var faces = 0
  let networks = predictor.networkTime
  let start = ContinuousClock.now
  for file in files { faces += try file.withBytes { try predictor.faces(inFile: $0) }.count }
  let seconds = ContinuousClock.now - start
  print(files.count, faces, seconds / .seconds(1), (predictor.networkTime - networks) / .seconds(1))
}
