/// Files that operating systems leave in folders and archives. No tree shows them.
enum SystemLitter {
  /// Whether a file or folder of this name is such a file: a note of Finder or Explorer, or the `._` file in
  /// which macOS keeps a file's attributes on other file systems.
  static func isName(_ name: some StringProtocol) -> Bool {
    switch name.utf8.first {
    case UInt8(ascii: "."): name.hasPrefix("._") || name == ".DS_Store"
    case UInt8(ascii: "_"): name == "__MACOSX"
    case UInt8(ascii: "T"), UInt8(ascii: "t"): name.lowercased() == "thumbs.db"
    case UInt8(ascii: "D"), UInt8(ascii: "d"): name.lowercased() == "desktop.ini"
    default: false
    }
  }

  /// Whether a path is that of such a file, or of a file in such a folder.
  static func isLitter(_ path: String) -> Bool {
    path.split(separator: "/").contains(where: isName)
  }
}
