/// What systems leave in folders and archives beside the user's files; no tree shows it.
enum SystemLitter {
  /// Whether a file or folder of this name is of that kind: Finder's and Explorer's notes, and the second halves that
  /// macOS gives files on other systems.
  static func isName(_ name: some StringProtocol) -> Bool {
    switch name.utf8.first {
    case UInt8(ascii: "."): name.hasPrefix("._") || name == ".DS_Store"
    case UInt8(ascii: "_"): name == "__MACOSX"
    case UInt8(ascii: "T"), UInt8(ascii: "t"): name.lowercased() == "thumbs.db"
    case UInt8(ascii: "D"), UInt8(ascii: "d"): name.lowercased() == "desktop.ini"
    default: false
    }
  }

  /// Whether a path is of such a file, or of one in such a folder.
  static func isLitter(_ path: String) -> Bool {
    path.split(separator: "/").contains(where: isName)
  }
}
