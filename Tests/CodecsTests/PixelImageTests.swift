internal import Codecs
internal import Testing

private func decoded(_ bytes: some Collection<UInt8>) throws -> PixelImage {
  try Array(bytes).withUnsafeBytes { try PixelImage(decoding: $0) }
}

@Suite("Pixels")
struct PixelImageTests {
  @Test("PNG keeps every pixel", arguments: [(1, 1), (1, 9), (37, 23), (64, 1)])
  func png(width: Int, height: Int) throws {
    var image = PixelImage(width: width, height: height)
    image.pixels = noise(width * height * 3)
    #expect(try decoded(image.png()) == image)
  }

  @Test("JPEG keeps a smooth picture to within a few levels, odd sizes included")
  func jpeg() throws {
    let image = gradient(width: 61, height: 47)
    let found = try decoded(image.jpeg(quality: 98))
    #expect([found.width, found.height] == [61, 47])
    let worst = zip(found.pixels, image.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= 8)
  }

  @Test("channels are red, green and blue in this order in both formats")
  func channels() throws {
    let image = PixelImage(width: 16, height: 16, fill: [250, 120, 10])
    #expect(try decoded(image.png()).pixels.prefix(3) == [250, 120, 10])
    let pixel = try decoded(image.jpeg(quality: 100)).pixels.prefix(3).map(Int.init)
    #expect(zip(pixel, [250, 120, 10]).allSatisfy { abs($0 - $1) <= 3 })
  }

  @Test("the same pixels give the same bytes, and lower quality fewer")
  func deterministic() {
    let image = gradient(width: 200, height: 100)
    #expect(image.jpeg(quality: 80) == image.jpeg(quality: 80))
    #expect(image.png() == image.png())
    #expect(image.jpeg(quality: 20).count < image.jpeg(quality: 95).count)
  }

  @Test("bytes that are no image, and a PNG with broken data, are errors")
  func broken() {
    #expect(throws: ImageError.self) { try decoded([1, 2, 3]) }
    #expect(throws: ImageError.self) { try decoded([]) }
    let png = gradient(width: 64, height: 64).png()
    let error = #expect(throws: ImageError.self) { try decoded(png.prefix(png.count / 2)) }
    #expect(error?.reason == .unreadable)
  }
}
