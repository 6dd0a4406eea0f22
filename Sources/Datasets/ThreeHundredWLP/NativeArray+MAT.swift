internal import Codecs
internal import Schema

extension NativeArray {
  /// The array bit for bit, or a reference to its file where it is too large to be repeated.
  init(_ array: MATArray, in file: String, options: ReadingOptions) {
    let isInPlace = options.native == .all || array.bytes.count <= Self.largestInPlace
    self.init(
      name: array.name, dtype: array.element.rawValue, shape: [array.rows, array.columns],
      content: isInPlace ? .bytes(array.bytes) : .file(file))
  }
}

extension MATArray {
  /// Nil where the array is only a reference, is not a matrix of numbers, or has another number of bytes than
  /// its shape needs.
  init?(_ array: NativeArray) {
    guard case .bytes(let bytes) = array.content, array.shape.count == 2,
      let element = Element(rawValue: array.dtype)
    else { return nil }
    let (count, isTooGreat) = array.shape[0].multipliedReportingOverflow(by: array.shape[1])
    guard !isTooGreat, count == bytes.count / element.width, bytes.count % element.width == 0
    else { return nil }
    self.init(
      name: array.name, element: element, rows: array.shape[0], columns: array.shape[1],
      bytes: bytes)
  }
}
