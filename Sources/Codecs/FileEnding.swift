/// Endings of file names, which some systems write in capitals: `.JPG` is `.jpg`.
public enum FileEnding {
  /// Of the images that are read.
  public static let images = [".jpg", ".jpeg", ".png"]
  /// Of images, whether they can be read or not.
  static let allImages =
    images + [".jpe", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".avif", ".heic", ".pgm"]

  /// Whether a text ends as the names of images do, whether these can be read or not.
  public static func isImage(_ text: UnsafeRawBufferPointer) -> Bool {
    allImages.contains { text.hasEnding($0) }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes end with `ending`, an ASCII text, whatever the case of its letters.
  public func hasEnding(_ ending: String) -> Bool {
    isTail(ending.utf8, of: self)
  }
}

extension StringProtocol {
  /// Whether the text ends with `ending`, an ASCII text, whatever the case of its letters.
  public func hasEnding(_ ending: String) -> Bool {
    isTail(ending.utf8, of: utf8)
  }

  /// Whether it ends as an image that is read does.
  public var hasImageEnding: Bool { FileEnding.images.contains { hasEnding($0) } }
}

/// Whether the last bytes are those of `ending`, with its lower case letters for those of either case.
private func isTail(_ ending: String.UTF8View, of text: some Collection<UInt8>) -> Bool {
  let surplus = text.count - ending.count
  guard surplus >= 0 else { return false }
  return zip(text.dropFirst(surplus), ending).allSatisfy { byte, expected in
    let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    return (isCapital ? byte | 0x20 : byte) == expected
  }
}
