internal import Codecs
internal import Schema

extension NativeArray {
  /// The array bit for bit, or the file that has it where it is too large to repeat.
  init(_ array: MATArray, in file: String, options: ReadingOptions) {
    let isInPlace = options.native == .all || array.bytes.count <= Self.largestInPlace
    self.init(
      name: array.name, dtype: array.element.rawValue, shape: [array.rows, array.columns],
      content: isInPlace ? .bytes(array.bytes) : .file(file))
  }
}

extension MATArray {
  /// nil where the array is only referred to, is no matrix of numbers, or has not as many bytes as its
  /// shape.
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
