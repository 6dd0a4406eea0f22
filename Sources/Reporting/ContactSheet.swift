public import Codecs
internal import Rendering
internal import Schema

/// A page of pictures in rows and columns, with lines of text under each.
public struct ContactSheet {
  /// A picture and the lines of text under it.
  public struct Tile: Sendable {
    /// At most as wide and high as the sheet's tiles; a smaller picture is centred.
    public var picture: PixelImage
    /// At most three lines are shown, the first one brighter; long ones keep their ends.
    public var captions: [String]

    /// A tile of a picture and its lines.
    public init(_ picture: PixelImage, captions: [String]) {
      (self.picture, self.captions) = (picture, captions)
    }
  }

  private static let background: Colour = [24, 26, 29]
  private static let ink: Colour = [214, 218, 224]
  private static let paleInk: Colour = [150, 157, 168]
  private static let gap = 8
  private static let capHeight = 8.0
  private static let lineHeight = 14
  private static let captionLines = 3

  /// The width and height of a tile's picture, in pixels.
  private let side: Int
  private let columns: Int
  private let hasCaptions: Bool
  private var canvas: Canvas

  /// An empty page.
  ///
  /// - Parameters:
  ///   - side: the width and height of the tiles' pictures, in pixels.
  ///   - count: the number of tiles on the page; at least 1.
  ///   - columns: the greatest number of columns; a page with fewer tiles has fewer.
  ///   - hasCaptions: whether there is room for text under the pictures.
  public init(side: Int, count: Int, columns: Int, hasCaptions: Bool) {
    (self.side, self.hasCaptions) = (side, hasCaptions)
    self.columns = min(columns, count)
    let size = Self.size(side: side, count: count, columns: columns, hasCaptions: hasCaptions)
    canvas = Canvas(PixelImage(width: size.x, height: size.y, fill: Self.background))
  }

  /// The width and height of a page in pixels.
  public static func size(side: Int, count: Int, columns: Int, hasCaptions: Bool) -> SIMD2<Int> {
    let across = min(columns, count)
    let rows = (count + across - 1) / across
    return SIMD2(
      gap + across * (side + gap), gap + rows * (height(side: side, hasCaptions) + gap))
  }

  private static func height(side: Int, _ hasCaptions: Bool) -> Int {
    side + (hasCaptions ? captionLines * lineHeight + 4 : 0)
  }

  /// The page as it is so far.
  public var image: PixelImage { canvas.image }

  /// Puts a tile in its place; `index` counts row by row from 0.
  ///
  /// - Precondition: the picture is not larger than the tiles.
  public mutating func place(_ tile: Tile, at index: Int) {
    let corner = SIMD2(
      Self.gap + index % columns * (side + Self.gap),
      Self.gap + index / columns * (Self.height(side: side, hasCaptions) + Self.gap))
    let picture = tile.picture
    precondition(max(picture.width, picture.height) <= side, "a picture of the tile's size")
    canvas.paste(
      picture, at: corner &+ (SIMD2(side, side) &- SIMD2(picture.width, picture.height)) / 2)
    guard hasCaptions else { return }
    for (i, caption) in tile.captions.prefix(Self.captionLines).enumerated() {
      canvas.drawText(
        Self.fitting(caption.printable, width: Double(side)),
        baseline: SIMD2(
          Double(corner.x), Double(corner.y + side + (i + 1) * Self.lineHeight) - 2),
        capHeight: Self.capHeight, colour: i == 0 ? Self.ink : Self.paleInk)
    }
  }

  /// The text, or its end after two dots if it is too wide: the names of files differ at their ends.
  private static func fitting(_ text: String, width: Double) -> String {
    guard Canvas.width(of: text, capHeight: capHeight) > width else { return text }
    var rest = text[...]
    while !rest.isEmpty, Canvas.width(of: ".." + rest, capHeight: capHeight) > width {
      rest.removeFirst()
    }
    return ".." + rest
  }

  /// A picture for a tile without an image: a background with a text in the middle.
  public static func notice(_ text: String, side: Int) -> PixelImage {
    var canvas = Canvas(
      PixelImage(width: side, height: side, fill: FacePortrait.background))
    let shown = fitting(text.printable, width: Double(side - 8))
    let width = Canvas.width(of: shown, capHeight: capHeight)
    canvas.drawText(
      shown, baseline: SIMD2((Double(side) - width) / 2, Double(side) / 2 + 4),
      capHeight: capHeight, colour: ink)
    return canvas.image
  }
}
