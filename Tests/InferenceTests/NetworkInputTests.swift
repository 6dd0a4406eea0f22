import Codecs
import Testing

@testable import Inference

@Suite("What a network is given of an image")
struct NetworkInputTests {
  /// Red 10, 20, 30, … in rows of two, green 100 more, blue always 7.
  private let image: PixelImage = {
    var image = PixelImage(width: 2, height: 3)
    for i in 0..<6 {
      image.pixels[3 * i] = UInt8(10 * (i + 1))
      image.pixels[3 * i + 1] = UInt8(10 * (i + 1) + 100)
      image.pixels[3 * i + 2] = 7
    }
    return image
  }()

  private func numbers(_ change: (inout ModelManifest.Input) -> Void) -> [Float] {
    var form = ModelManifest.Input(
      width: 2, height: 3, channels: .rgb, layout: .nchw, mean: [10, 110, 0], scale: [1, 2, 3],
      range: nil)
    change(&form)
    var input = NetworkInput(form)
    var numbers = [Float](repeating: .nan, count: 18)
    // Twice, for the scratch is kept.
    for _ in 0..<2 { numbers.withUnsafeMutableBufferPointer { input.fill($0, from: image) } }
    return numbers
  }

  @Test("planes in the manifest's order of channels, less the mean, times the scale")
  func planes() {
    let green: [Float] = [0, 20, 40, 60, 80, 100]
    let blue = [Float](repeating: 21, count: 6)
    #expect(numbers { _ in } == [0, 10, 20, 30, 40, 50] + green + blue)
    let blueFirst = numbers { $0.channels = .bgr }
    #expect(Array(blueFirst[0..<6]) == Array(repeating: -3, count: 6))
    #expect(blueFirst[12] == 30 && blueFirst[17] == 180)
  }

  @Test("with channels last, a pixel's stand beside each other")
  func interleaved() {
    let planes = numbers { _ in }
    let pixels = numbers { $0.layout = .nhwc }
    for i in 0..<6 {
      for channel in 0..<3 { #expect(pixels[3 * i + channel] == planes[6 * channel + i]) }
    }
    let input = NetworkInput(
      ModelManifest.Input(
        width: 4, height: 5, channels: .rgb, layout: .nhwc, mean: [0, 0, 0], scale: [1, 1, 1],
        range: nil))
    #expect(input.shape == [1, 5, 4, 3] && input.anyShape == [1, nil, nil, 3])
  }

  @Test("a range spreads all values of all channels over it; one value is its lower end")
  func range() {
    let spread = numbers { $0.range = -1...1 }
    // From 7, the blue, to 160.
    for i in 0..<6 {
      let red = Float(10 * (i + 1))
      #expect((spread[i] - (2 * (red - 7) / 153 - 1)).magnitude < 1e-6)
      #expect((spread[6 + i] - (2 * (red + 93) / 153 - 1)).magnitude < 1e-6)
      #expect((spread[12 + i] + 1).magnitude < 1e-6)
    }
    var input = NetworkInput(
      ModelManifest.Input(
        width: 2, height: 2, channels: .rgb, layout: .nchw, mean: [0, 0, 0], scale: [1, 1, 1],
        range: -1...1))
    var numbers = [Float](repeating: .nan, count: 12)
    let grey = PixelImage(width: 5, height: 5, fill: [80, 80, 80])
    numbers.withUnsafeMutableBufferPointer { input.fill($0, from: grey) }
    #expect(numbers.allSatisfy { $0 == -1 })
  }
}
