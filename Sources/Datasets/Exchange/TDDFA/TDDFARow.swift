internal import Codecs
internal import Geometry

/// What is kept of a crop until all are made: 600 bytes and its names, in a temporary file.
struct TDDFARow {
  /// Of the crop's file.
  var name: String
  /// Of the image.
  var path: String
  /// A key of the photo's group (`RecordGroups`).
  var key: Int
  /// The part that the record itself names; nil where it names none.
  var isHeldOut: Bool?
  /// From 0-based pixels of the image to those of the crop.
  var map: PlanarMap
  /// The 62 parameters before whitening.
  var numbers: [Double]

  private static let fixed = 8 * (2 + 6 + TDDFAParameters.count)

  init(
    name: String, path: String, key: Int, isHeldOut: Bool?, map: PlanarMap, numbers: [Double]
  ) {
    (self.name, self.path, self.key) = (name, path, key)
    (self.isHeldOut, self.map, self.numbers) = (isHeldOut, map, numbers)
  }

  /// As bytes of this process, which nothing else reads.
  var bytes: [UInt8] {
    let words: [UInt64] = [UInt64(key), isHeldOut.map { $0 ? 2 : 1 } ?? 0]
    let places = [
      map.xRow.x, map.xRow.y, map.yRow.x, map.yRow.y, map.translation.x, map.translation.y,
    ]
    return words.littleEndianBytes + (places + numbers).littleEndianBytes + name.utf8 + [0]
      + path.utf8
  }

  /// From `bytes`.
  init(bytes: [UInt8]) {
    func word(_ i: Int) -> UInt64 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self) }
    }
    let doubles = (2..<8 + TDDFAParameters.count).map { Double(bitPattern: word($0)) }
    let names = bytes[Self.fixed...].split(separator: 0, omittingEmptySubsequences: false)
    self.init(
      name: String(decoding: names[0], as: UTF8.self),
      path: String(decoding: names[1], as: UTF8.self), key: Int(word(0)),
      isHeldOut: word(1) == 0 ? nil : word(1) == 2,
      map: PlanarMap(
        xRow: SIMD2(doubles[0], doubles[1]), yRow: SIMD2(doubles[2], doubles[3]),
        translation: SIMD2(doubles[4], doubles[5])),
      numbers: Array(doubles[6...]))
  }
}
