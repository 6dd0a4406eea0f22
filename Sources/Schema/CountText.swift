/// A number with a noun, which gets an "s" for any number but 1: "1 face", "2 faces".
public func counted(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// A number of bytes in units of a million, with one decimal: "12.3 MB".
public func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).printed("%.1f") + " MB" }
