public import Codecs
public import Schema

extension Check {
  static let undecodableImage = Check(
    "undecodable-image", .error, "image that cannot be decoded",
    "Its header is right and its data are not: a trainer stops at it. Fetch the file again.")
  static let damagedImage = Check(
    "damaged-image", .warning, "image whose data the decoder doubts",
    "It is decoded, with wrong pixels somewhere. Look at it, and fetch the file again.")
  static let unusualPixels = Check(
    "unusual-pixels", .note, "image that is not 8-bit RGB",
    "A trainer that does not convert it gets another number of channels, or values beyond 255.")
}

/// What checks of several records need to know about an image's file.
public struct ImageSummary: Sendable {
  /// The file's header.
  public var header: ImageHeader
  /// The size of the file in bytes.
  public var byteCount: Int
  /// Nil where the pixels were not decoded.
  public var fingerprint: ImageFingerprint?
}

/// Examines image files whose header could be read; use one inspector a thread. Files that cannot even be
/// opened are reported by the reader.
public struct ImageInspector {
  private let decoder: ImageDecoder
  private var hasher = PerceptualHasher()
  private let decodes: Bool

  /// - Parameters:
  ///   - decodes: whether pixels are decoded. That finds damage inside the data and gives fingerprints, but takes
  ///     a hundred times as long as reading the header and looking for the file's end.
  ///   - limit: images with more pixels are not decoded.
  public init(decodes: Bool = false, limit: PixelLimit = .standard) {
    self.decodes = decodes
    decoder = ImageDecoder(limit: limit)
  }

  /// Examines one image.
  ///
  /// - Returns: what a `DatasetCheck` needs of the image, and the findings on it.
  public mutating func inspect(
    _ image: StoredImage, of record: ImageRecord
  ) -> (summary: ImageSummary, findings: [Finding]) {
    var summary = ImageSummary(header: image.header, byteCount: image.count)
    var findings: [Finding] = []
    func report(_ check: Check, _ detail: String) {
      findings.append(
        Finding(
          check, at: record.location, record: record.id,
          "image '\(record.image.path)': \(detail)"))
    }
    if let found = Self.unusualPixels(image.header) {
      report(.unusualPixels, "expected 8-bit RGB, found \(found)")
    }
    // CMYK images are not decoded, for each reader converts them to RGB in its own way.
    guard decodes, image.header.colour != .cmyk else { return (summary, findings) }
    do {
      let bytes = try image.bytes()
      let pixels = try bytes.withUnsafeBytes { try decoder.image($0).image }
      summary.fingerprint = ImageFingerprint(of: pixels, with: &hasher)
    } catch let error as ImageError {
      report(error.reason == .damaged ? .damagedImage : .undecodableImage, error.description)
    } catch {
      report(.undecodableImage, "expected a readable file, found: \(error)")
    }
    return (summary, findings)
  }

  private static func unusualPixels(_ header: ImageHeader) -> String? {
    switch (header.colour, header.bitDepth) {
    case (.rgb, 8): nil
    case (.rgb, let depth): "\(depth)-bit RGB"
    case (.grey, let depth): "\(depth)-bit greyscale"
    case (.cmyk, _): "CMYK; it is not compared with others"
    }
  }
}
