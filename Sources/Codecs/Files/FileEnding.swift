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
    isTail(ending.utf8, of: self)
  }
}

extension StringProtocol {
  /// Whether the text ends with `ending`, in any case of letters. `ending` is ASCII in lower case.
  public func hasEnding(_ ending: String) -> Bool {
    isTail(ending.utf8, of: utf8)
  }

  /// Whether the name ends as that of an image that can be read.
  public var hasImageEnding: Bool { FileEnding.images.contains { hasEnding($0) } }
}

/// Whether the last bytes are those of `ending`, whose lower case letters match either case.
private func isTail(_ ending: String.UTF8View, of text: some Collection<UInt8>) -> Bool {
  let surplus = text.count - ending.count
  guard surplus >= 0 else { return false }
  return zip(text.dropFirst(surplus), ending).allSatisfy { byte, expected in
    let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    return (isCapital ? byte | 0x20 : byte) == expected
  }
}
