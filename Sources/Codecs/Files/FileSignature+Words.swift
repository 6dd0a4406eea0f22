extension FileSignature {
  /// What a file is, in words, for messages about files of a wrong form. nil where it may be text, or is unknown.
  static func name(of bytes: UnsafeRawBufferPointer) -> String? {
    if let found = MATVersion.found(in: bytes) { return found }
    switch FileSignature(head: bytes.prefix(headBytes)) {
    case .text, .binary, .empty: return nil
    case let known: return known.description
    }
  }

  /// The fault of data that are packed as one stream, with the command to unpack them; nil for other data.
  static func compression(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    guard case .compressed(let program, _) = FileSignature(head: bytes.prefix(headBytes)) else {
      return nil
    }
    let unpacker = program == "gzip" ? "gunzip" : program
    return TextFault(
      found: "\(program) data", remedy: "unpack it: \(unpacker) -dc FILE > NEW")
  }
}
