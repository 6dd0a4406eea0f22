import Codecs
import Datasets
import Foundation

extension FuzzedParser {
  static let archives = [
    FuzzedParser("zip", .bytes, seeds: { try $0.files(".zip", ".npz") }) { place, _ in
      { input in try readTree(place.write(input, to: "x.zip")) }
    },
    FuzzedParser("tar", .headed(1024), seeds: { try $0.files(".tar") }) { place, _ in
      { input in try readTree(place.write(input, to: "x.tar")) }
    },
    FuzzedParser("tar-stream", .headed(1024), seeds: { try $0.files(".tar", ".gz") }) { place, _ in
      { input in try readStream(place.write(input, to: "x.tar")) }
    },
    FuzzedParser(
      "input-kind", .headed(128),
      seeds: { try $0.files(".tar", ".zip", ".lmdb", ".txt", ".jsonl", ".mat", ".bin", ".npz") }
    ) { place, _ in
      { input in _ = try InputKind(path: place.write(input, to: "x")).description }
    },
  ]

  private static func readStream(_ path: String) throws {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    let stream = try TarStream(descriptor: descriptor, path: path)
    // What a few bytes unpack to has no end that the stream knows.
    var left = 64 << 20
    while left > 0, try stream.next() != nil {
      left -= 512 + (try stream.contents(limit: 1 << 20)?.count ?? 1 << 20)
    }
  }

  private static func readTree(_ path: String) throws {
    let tree = try FileTree(path: path)
    let (files, folders) = try tree.entries(of: "")
    for name in files + folders.map({ $0 + "/x" }) {
      _ = tree.spelling(of: name)
      _ = try? tree.withBytes(of: name, limit: 1 << 20) { $0.count }
    }
    let images = try tree.images(maximumBytes: 1 << 20, pixelLimit: PixelLimit(pixels: 1 << 22))
    let reader = ImageHeaderReader(limit: PixelLimit(pixels: 1 << 22))
    for name in files.prefix(8) { _ = try? images.open(name, with: reader).bytes() }
    _ = try? SourceDoctor.archiveFault(at: path)
  }
}
