import Codecs
import Rendering
import Reporting
import Testing

@Suite("Contact sheet")
struct ContactSheetTests {
  private func tile(_ shade: UInt8, width: Int = 40, captions: [String] = []) -> ContactSheet.Tile {
    ContactSheet.Tile(
      PixelImage(width: width, height: 40, fill: [shade, shade, shade]), captions: captions)
  }

  private func pixel(_ image: PixelImage, _ x: Int, _ y: Int) -> UInt8 {
    image.pixels[3 * (y * image.width + x)]
  }

  @Test("tiles stand row by row, a narrow one in the middle of its place")
  func places() {
    var sheet = ContactSheet(side: 40, count: 5, columns: 3, hasCaptions: false)
    for i in 0..<5 { sheet.place(tile(UInt8(100 + i), width: i == 4 ? 10 : 40), at: i) }
    let image = sheet.image
    #expect(SIMD2(image.width, image.height) == SIMD2(8 + 3 * 48, 8 + 2 * 48))
    for i in 0..<4 { #expect(pixel(image, 8 + i % 3 * 48, 8 + i / 3 * 48) == UInt8(100 + i)) }
    #expect(pixel(image, 8 + 48 + 20, 8 + 48 + 20) == 104)
    #expect(pixel(image, 8 + 48 + 5, 8 + 48 + 20) != 104)
  }

  @Test("a page of fewer tiles than columns is as narrow as they are")
  func narrow() {
    let size = ContactSheet.size(side: 40, count: 2, columns: 8, hasCaptions: false)
    #expect(size == SIMD2(8 + 2 * 48, 8 + 48))
  }

  @Test("captions stand under their tile, and a long one is cut at its beginning")
  func captions() {
    func image(_ caption: String) -> PixelImage {
      var sheet = ContactSheet(side: 40, count: 1, columns: 1, hasCaptions: true)
      sheet.place(tile(200, captions: [caption]), at: 0)
      return sheet.image
    }
    let (bare, short, long) = (image(""), image("Ag7"), image("a very long name that ends with Z"))
    for y in 0..<48 { for x in 0..<56 { #expect(pixel(bare, x, y) == pixel(short, x, y)) } }
    #expect(bare != short)
    // Nothing is written beside the tile.
    for y in 48..<bare.height {
      for x in [0, 1, 2, 3, 4, 5, 50, 51, 52, 53, 54, 55] {
        #expect(pixel(long, x, y) == pixel(bare, x, y), "\(x), \(y)")
      }
    }
    #expect(image("another long name that ends with Z") == long)
  }

  @Test("every character of a caption has strokes of its own")
  func font() {
    let characters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:-+_/()%#°='!?é"
    var seen: [[UInt8]: Character] = [:]
    for character in characters {
      var canvas = Canvas(PixelImage(width: 40, height: 40))
      canvas.drawText(
        String(character), baseline: [4, 28], capHeight: 24, colour: [255, 255, 255])
      #expect(canvas.image.pixels.contains { $0 > 100 }, "\(character)")
      #expect(seen.updateValue(character, forKey: canvas.image.pixels) == nil, "\(character)")
    }
    #expect(Canvas.width(of: "ab", capHeight: 8) > Canvas.width(of: "a", capHeight: 8))
  }
}
