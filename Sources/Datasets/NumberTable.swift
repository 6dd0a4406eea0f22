internal import Codecs

/// Numbers of a file that a user brings: a NumPy array, or text with spaces and line ends between them.
enum NumberTable {
  /// All numbers, row by row.
  ///
  /// - Parameters:
  ///   - path: its ending decides: `.npy`, or else text.
  ///   - name: what errors call the file.
  /// - Throws: `NPYError` where it is no such table or a number is not finite; `FileError` where it cannot be read.
  static func numbers(path: String, name: String) throws -> [Double] {
    let numbers = try MappedFile(path: path).withBytes { bytes in
      path.hasSuffix(".npy") ? try NPYArray(bytes, name: name).doubles : try text(bytes, name)
    }
    guard numbers.allSatisfy(\.isFinite) else {
      throw NPYError(name: name, detail: "expected finite numbers, found others")
    }
    return numbers
  }

  private static func text(_ text: UnsafeRawBufferPointer, _ name: String) throws -> [Double] {
    if let fault = TextForm.fault(of: text) { throw NPYError(name: name, detail: fault.detail) }
    var numbers: [Double] = []
    for (i, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      for word in line.split(whereSeparator: { $0 <= 0x20 }) {
        let word = String(decoding: word.prefix(40), as: UTF8.self)
        guard let number = Double(word) else {
          throw NPYError(name: "\(name):\(i + 1)", detail: "expected numbers, found '\(word)'")
        }
        numbers.append(number)
      }
    }
    return numbers
  }
}
