import Checks
import Codecs
import Foundation
import Schema
import Timing

// Times what `check --decode` does with each image of a folder, on one core. Prints, separated by tabs: images, those
// with a fingerprint, then microseconds an image: decoding, exact hash, perceptual hash, and all of the
// inspection with reading the file. With HASHES set, the images' hashes follow.
//
// usage: ImageHashing FOLDER ROUNDS

let arguments = CommandLine.arguments.dropFirst().map { $0 }
guard arguments.count == 2, let rounds = Int(arguments[1]), rounds >= 1 else {
  FileHandle.standardError.write(Data("usage: ImageHashing FOLDER ROUNDS\n".utf8))
  exit(64)
}

let folder = arguments[0]
let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
  .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }.sorted()
let files = try paths.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) }
var hasher = PerceptualHasher()

let decoder = ImageDecoder()
let decoded = { (file: [UInt8]) in try file.withUnsafeBytes { try decoder.image($0).image } }

var (decoding, exact, perceptual) = (0.0, 0.0, 0.0)
for _ in 0..<rounds {
  for file in files {
    var image = PixelImage(width: 1, height: 1)
    decoding += try timed { image = try decoded(file) }.seconds
    exact += image.pixels.withUnsafeBytes { bytes in timed { _ = fastHash(of: bytes) }.seconds }
    perceptual += timed { _ = hasher.hash(of: image) }.seconds
  }
}
let store = try ImageStore(path: folder, maximumBytes: 1 << 30)
var inspector = ImageInspector(decodes: true)
let records = paths.map {
  ImageRecord(source: RecordSource(dataset: "images"), image: ImageReference(path: $0))
}
var fingerprints = 0
let headers = ImageHeaderReader()
let inspecting = try timed {
  for _ in 0..<rounds {
    for record in records {
      let image = try store.open(record.image.path, with: headers)
      if inspector.inspect(image, of: record).summary.fingerprint != nil { fingerprints += 1 }
    }
  }
}.seconds
let scale = 1e6 / Double(rounds * files.count)
let columns = [decoding, exact, perceptual, inspecting].map { String(format: "%.1f", $0 * scale) }
print((["\(files.count)", "\(fingerprints / rounds)"] + columns).joined(separator: "\t"))
if ProcessInfo.processInfo.environment["HASHES"] != nil {
  for (path, file) in zip(paths, files) {
    let fingerprint = ImageFingerprint(of: try decoded(file), with: &hasher)
    let hash = fingerprint.perceptual.map { String($0, radix: 16) } ?? "none"
    print("\(path)\t\(hash)\t\(String(fingerprint.pixels, radix: 16))")
  }
}
