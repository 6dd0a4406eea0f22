import Checks
import Codecs
import Schema
import TestSupport

/// A picture with many soft patches of colour, another one for each seed; the same picture at any size.
func picture(_ seed: UInt64, width: Int = 96, height: Int = 80) -> PixelImage {
  var random = SeededRandom(seed: seed)
  let patches = (0..<24).map { _ in
    (
      x: Double.random(in: 0...1, using: &random), y: Double.random(in: 0...1, using: &random),
      size: Double.random(in: 0.05...0.3, using: &random),
      colour: SIMD3<Double>.random(in: -120...120, using: &random)
    )
  }
  var image = PixelImage(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let (u, v) = ((Double(x) + 0.5) / Double(width), (Double(y) + 0.5) / Double(height))
      var colour = SIMD3<Double>(repeating: 128)
      for patch in patches {
        let (dx, dy) = ((u - patch.x) / patch.size, (v - patch.y) / patch.size)
        let reach = dx * dx + dy * dy
        if reach < 1 { colour += (1 - reach) * patch.colour }
      }
      for channel in 0..<3 {
        image.pixels[3 * (y * width + x) + channel] = UInt8(min(max(colour[channel], 0), 255))
      }
    }
  }
  return image
}

/// A record of an image.
func record(
  _ path: String, dataset: String = "photos", split: String? = nil, line: Int? = nil,
  faces: [Face] = []
) -> ImageRecord {
  ImageRecord(
    source: RecordSource(dataset: dataset, split: split, file: "photos.txt", line: line),
    image: ImageReference(path: path), faces: faces)
}

/// What is seen of an image's file.
func inspect(_ file: [UInt8], decodes: Bool = true) throws -> (
  summary: ImageSummary, findings: [Finding]
) {
  var inspector = ImageInspector(decodes: decodes)
  return inspector.inspect(
    try StoredImage(bytes: file, with: ImageHeaderReader()), of: record("a.jpg"))
}

extension [Finding] {
  var ids: [String] { map(\.check.id) }
}
