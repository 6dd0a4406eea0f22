extension FileSignature {
  /// What a file is, for messages on a file of another form; nil where it may be text, or is unknown.
  static func name(of bytes: UnsafeRawBufferPointer) -> String? {
    if let found = MATVersion.found(in: bytes) { return found }
    switch FileSignature(head: bytes.prefix(headBytes)) {
    case .text, .binary, .empty: return nil
    case let known: return known.description
    }
  }

  /// Data packed as one stream, with how to unpack it.
  static func compression(of bytes: UnsafeRawBufferPointer) -> TextFault? {
    guard case .compressed(let program, _) = FileSignature(head: bytes.prefix(headBytes)) else {
      return nil
    }
    let unpacker = program == "gzip" ? "gunzip" : program
    return TextFault(
      found: "\(program) data", remedy: "unpack it: \(unpacker) -dc FILE > NEW")
  }
}
