internal import Codecs

/// Turns an image into a network's input: scales it, orders channels and axes, and normalises the values.
/// It holds working memory; use one per thread.
struct NetworkInput {
  let form: ModelManifest.Input
  private var scaler = BilinearPlanes()
  /// The planes in between, for a network that takes pixels with interleaved channels.
  private var planes: [Float] = []

  init(_ form: ModelManifest.Input) { self.form = form }

  /// The input's shape for the size in the manifest.
  var shape: [Int] { shape(width: form.width, height: form.height) }

  func shape(width: Int, height: Int) -> [Int] {
    switch form.layout {
    case .nchw: [1, 3, height, width]
    case .nhwc: [1, height, width, 3]
    }
  }

  /// The input's shape for a network that takes images of any size.
  var anyShape: [Int?] {
    switch form.layout {
    case .nchw: [1, 3, nil, nil]
    case .nhwc: [1, nil, nil, 3]
    }
  }

  mutating func fill(_ numbers: UnsafeMutableBufferPointer<Float>, from image: PixelImage) {
    fill(numbers, width: form.width, height: form.height, from: image)
  }

  /// - Parameter numbers: receives as many numbers as `shape(width:height:)` has.
  mutating func fill(
    _ numbers: UnsafeMutableBufferPointer<Float>, width: Int, height: Int, from image: PixelImage
  ) {
    guard form.layout == .nhwc else {
      scaler.fill(numbers, width: width, height: height, from: image)
      form.normalise(numbers)
      return
    }
    var planes: [Float] = []
    swap(&planes, &self.planes)
    if planes.count != numbers.count { planes = Array(repeating: 0, count: numbers.count) }
    planes.withUnsafeMutableBufferPointer { planes in
      scaler.fill(planes, width: width, height: height, from: image)
      form.normalise(planes)
      let count = width * height
      for channel in 0..<3 {
        for i in 0..<count { numbers[3 &* i &+ channel] = planes[channel &* count &+ i] }
      }
    }
    swap(&planes, &self.planes)
  }
}

extension ModelManifest.Input {
  /// Turns planes of values from 0 to 255, red first, into the network's values.
  func normalise(_ planes: UnsafeMutableBufferPointer<Float>) {
    var (mean, scale) = (SIMD3(mean[0], mean[1], mean[2]), SIMD3(scale[0], scale[1], scale[2]))
    if let range, let least = planes.min(), let greatest = planes.max() {
      // An image with a single value is all at the lower end, as in OpenCV's `normalize`.
      guard greatest > least else {
        planes.update(repeating: range.lowerBound)
        return
      }
      let factor = (range.upperBound - range.lowerBound) / (greatest - least)
      scale = SIMD3(repeating: factor)
      mean = SIMD3(repeating: least - range.lowerBound / factor)
    }
    let count = planes.count / 3
    for i in 0..<count {
      var pixel = SIMD3(planes[i], planes[count + i], planes[2 * count + i])
      if channels == .bgr { pixel = SIMD3(pixel.z, pixel.y, pixel.x) }
      pixel = (pixel - mean) * scale
      for channel in 0..<3 { planes[channel * count + i] = pixel[channel] }
    }
  }
}
