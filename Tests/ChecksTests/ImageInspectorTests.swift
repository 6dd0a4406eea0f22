import Checks
import Codecs
import Schema
import Testing

@Suite("Images, looked at")
struct ImageInspectorTests {
  @Test("a sound photo gives nothing, and a fingerprint only where it is decoded")
  func sound() throws {
    for file in [picture(1).jpeg(quality: 90), picture(1).png()] {
      let decoded = try inspect(file)
      #expect(decoded.findings.isEmpty)
      #expect(decoded.summary.fingerprint?.perceptual != nil)
      #expect(try inspect(file, decodes: false).summary.fingerprint == nil)
    }
  }

  @Test("the same pixels in another file have the same fingerprint, and one pixel changes it")
  func pixels() throws {
    let image = picture(1)
    let found = try inspect(image.png()).summary.fingerprint
    // A comment segment changes the file and no pixel.
    let jpeg = image.jpeg(quality: 90)
    let commented = Array(jpeg.prefix(2)) + [0xFF, 0xFE, 0, 4, 1, 2] + jpeg.dropFirst(2)
    #expect(try inspect(jpeg).summary.fingerprint == inspect(commented).summary.fingerprint)
    let decoded = try jpeg.withUnsafeBytes { try PixelImage(decoding: $0) }
    #expect(try inspect(jpeg).summary.fingerprint == inspect(decoded.png()).summary.fingerprint)
    var other = image
    other.pixels[100] ^= 1
    #expect(try inspect(other.png()).summary.fingerprint?.pixels != found?.pixels)
    let turned = PixelImage(width: 2, height: 3), lying = PixelImage(width: 3, height: 2)
    #expect(
      try inspect(turned.png()).summary.fingerprint != inspect(lying.png()).summary.fingerprint)
  }

  @Test("damage within the data shows when the pixels are decoded, and only then")
  func damaged() throws {
    var file = picture(1, width: 200, height: 200).jpeg(quality: 90)
    // A restart marker where none is due.
    let middle = file.count * 2 / 3
    (file[middle], file[middle + 1]) = (0xFF, 0xD3)
    #expect(try inspect(file, decodes: false).findings.isEmpty)
    let found = try inspect(file).findings
    #expect(found.ids == ["damaged-image"])
    #expect(found.first?.detail.hasPrefix("image 'a.jpg': expected JPEG data, found: ") == true)
  }

  @Test("a PNG whose data are broken cannot be decoded")
  func undecodable() throws {
    var file = picture(1).png()
    for i in file.count / 2..<file.count / 2 + 20 { file[i] ^= 0x5A }
    #expect(try inspect(file).findings.ids == ["undecodable-image"])
  }

  @Test("a greyscale image is noted, with its depth")
  func greyscale() throws {
    // The PNG signature and header of one 16-bit grey pixel, its data, its end.
    let grey16: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
      0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x10, 0x00, 0x00, 0x00, 0x00, 0x6A,
      0xEE, 0x47, 0x16, 0x00, 0x00, 0x00, 0x0B, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x10,
      0x32, 0x01, 0x00, 0x00, 0x5B, 0x00, 0x47, 0x96, 0xFB, 0x1B, 0x65, 0x00, 0x00, 0x00, 0x00,
      0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]
    let found = try inspect(grey16, decodes: false).findings
    #expect(found.map(\.detail) == ["image 'a.jpg': expected 8-bit RGB, found 16-bit greyscale"])
    #expect(found.ids == ["unusual-pixels"])
  }
}

@Suite("The perceptual hash")
struct PerceptualHashTests {
  private func hash(_ image: PixelImage) -> UInt64? {
    var hasher = PerceptualHasher()
    return hasher.hash(of: image)
  }

  private func distance(_ a: PixelImage, _ b: PixelImage) throws -> Int {
    (try #require(hash(a)) ^ #require(hash(b))).nonzeroBitCount
  }

  @Test("another size, quality and brightness change few bits", arguments: 1...8)
  func robust(seed: Int) throws {
    let seed = UInt64(seed)
    let image = picture(seed, width: 320, height: 256)
    #expect(try distance(image, picture(seed, width: 177, height: 141)) <= 4)
    let compressed = try image.jpeg(quality: 30).withUnsafeBytes { try PixelImage(decoding: $0) }
    #expect(try distance(image, compressed) <= 4)
    var darker = image
    for i in darker.pixels.indices { darker.pixels[i] = UInt8(Double(darker.pixels[i]) * 0.8) }
    #expect(try distance(image, darker) <= 4)
  }

  @Test("different pictures differ in many bits, and half of the bits are set")
  func different() throws {
    let hashes = try (1...40).map { try #require(hash(picture(UInt64($0)))) }
    for i in hashes.indices {
      #expect(hashes[i].nonzeroBitCount == 32)
      for j in 0..<i { #expect((hashes[i] ^ hashes[j]).nonzeroBitCount >= 10) }
    }
  }

  @Test("a picture without texture has none: one colour, and noise")
  func flat() {
    #expect(hash(PixelImage(width: 64, height: 64, fill: [200, 30, 30])) == nil)
    var random = SystemRandomNumberGenerator()
    var noise = PixelImage(width: 256, height: 256)
    for i in noise.pixels.indices { noise.pixels[i] = UInt8.random(in: 110...140, using: &random) }
    #expect(hash(noise) == nil)
  }

  @Test("images smaller than 32 pixels, and very tall ones, have a hash")
  func sizes() throws {
    #expect(hash(picture(3, width: 20, height: 17)) != nil)
    // More rows in a 32nd than 16 bits can sum.
    let tall = picture(3, width: 40, height: 12_000)
    #expect(try distance(tall, picture(3, width: 40, height: 1500)) <= 4)
  }
}
