/// Endings of file names. Case is ignored, as some systems write capitals: `.JPG` is `.jpg`.
public enum FileEnding {
  /// The endings of images that can be read, in lower case.
  public static let images = [".jpg", ".jpeg", ".png", ".webp", ".bmp"]
  /// The same in words: ".jpg, .jpeg, .png, .webp or .bmp".
  public static let imagesInWords =
    images.dropLast().joined(separator: ", ") + " or " + (images.last ?? "")
  /// The endings of images, whether these can be read or not.
  static let allImages =
    images + [".jpe", ".jfif", ".gif", ".tif", ".tiff", ".avif", ".heic", ".pgm"]

  /// Whether a name ends as those of images do, whether these can be read or not.
  public static func isImage(_ text: UnsafeRawBufferPointer) -> Bool {
    allImages.contains { text.hasEnding($0) }
  }

  /// Likewise.
  public static func isImage(_ name: some StringProtocol) -> Bool {
    allImages.contains { name.hasEnding($0) }
  }

  /// A name that may lack the ending `.jpg`, as in many lists, with it.
  public static func completed(_ name: String) -> String { isImage(name) ? name : name + ".jpg" }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes end with `ending`, in any case of letters. `ending` is ASCII in lower case.
  public func hasEnding(_ ending: String) -> Bool {
    var place = count - ending.utf8.count
    guard place >= 0 else { return false }
    for expected in ending.utf8 {
      let byte = self[place]
      let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard (isCapital ? byte | 0x20 : byte) == expected else { return false }
      place += 1
    }
    return true
  }
}

extension StringProtocol {
  /// Whether the text ends with `ending`, in any case of letters. `ending` is ASCII in lower case.
  public func hasEnding(_ ending: String) -> Bool {
    // A walk asks it of every name, and generic code over two views of texts takes ten times as long.
    utf8.withContiguousStorageIfAvailable { UnsafeRawBufferPointer($0).hasEnding(ending) }
      ?? Array(utf8).withUnsafeBytes { $0.hasEnding(ending) }
  }

  /// Whether the name ends as that of an image that can be read.
  public var hasImageEnding: Bool { FileEnding.images.contains { hasEnding($0) } }
}
