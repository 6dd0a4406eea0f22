internal import Codecs
internal import Geometry
public import Rendering

/// Draws the pictures of synthetic datasets: heads in their true poses before a plain or noisy background.
///
/// It reuses buffers from picture to picture, so each thread needs its own painter.
public final class SyntheticPainter {
  /// A head as it is to be drawn.
  struct Sitter {
    var view: MeshView
    /// The scale at the head's distance.
    var pixelsPerMetre: Double
    /// Brightness of the skin, 0 to 1.
    var tone: Double

    init(_ pose: Extrinsics, _ camera: Intrinsics, scale: SIMD3<Double> = [1, 1, 1], tone: Double) {
      view = MeshView(pose: pose, camera: camera, scale: scale)
      pixelsPerMetre = camera.focalLength.max() / max(pose.translation.z, 1e-3)
      self.tone = tone
    }

    /// A head seen in weak perspective.
    init(_ view: MeshView, pixelsPerMetre: Double, tone: Double) {
      (self.view, self.pixelsPerMetre, self.tone) = (view, pixelsPerMetre, tone)
    }

    /// Dark skin is redder than fair skin in the shade.
    var tint: SIMD3<Float> {
      let tone = 0.25 + 0.75 * Float(tone)
      return [tone, tone * (0.88 + 0.12 * tone), tone * (0.8 + 0.2 * tone)]
    }
  }

  private let head: HeadMesh
  private let renderer = MeshRenderer()

  /// A painter of one head in any pose; the mesh may be shared between threads.
  public init(head: HeadMesh) { self.head = head }

  /// The picture of index `index`: its background and light depend only on the index and the options' seed.
  func paint(_ sitters: [Sitter], index: Int, _ options: SynthesisOptions) -> PixelImage {
    var image = Self.background(index: index, options)
    var random = SeededRandom(seed: options.seed &+ 0x1167, item: index)
    let light = Light(
      direction: [random.uniform(-0.8...0.8), random.uniform(-1 ... -0.2), -1],
      ambient: random.uniform(0.4...0.55), diffuse: random.uniform(0.45...0.55))
    guard !sitters.isEmpty else { return image }
    renderer.begin(width: image.width, height: image.height)
    for sitter in sitters {
      renderer.draw(
        head.mesh(pixelsPerMetre: sitter.pixelsPerMetre), view: sitter.view, light: light,
        tint: sitter.tint, on: &image)
    }
    return image
  }

  private static func background(index: Int, _ options: SynthesisOptions) -> PixelImage {
    var random = SeededRandom(seed: options.seed &+ 0x5EED, item: index)
    let base = SIMD3<Int>(
      Int.random(in: 60...160, using: &random), Int.random(in: 60...160, using: &random),
      Int.random(in: 60...160, using: &random))
    var image = PixelImage(width: options.width, height: options.height)
    let spread = UInt64(2 * options.noise + 1)
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      var at = 0
      for y in 0..<options.height {
        let shade = base &+ (40 * y / options.height - options.noise)
        for _ in 0..<options.width {
          // 16 bits for each channel.
          var bits = options.noise > 0 ? random.next() : 0
          for channel in 0..<3 {
            let noise = Int(truncatingIfNeeded: ((bits & 0xFFFF) &* spread) &>> 16)
            pixels[at] = UInt8(truncatingIfNeeded: min(max(shade[channel] &+ noise, 0), 255))
            at &+= 1
            bits &>>= 16
          }
        }
      }
    }
    return image
  }
}
