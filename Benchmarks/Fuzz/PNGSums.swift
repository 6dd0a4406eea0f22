/// The sums of a PNG's chunks, without which nothing of a changed one is looked at.
enum PNGSums {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }

  static func mend(_ file: inout [UInt8]) {
    var position = 8
    while position + 12 <= file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      guard position + 12 + length <= file.count else { return }
      let end = position + 8 + length
      let sum = ~file[position + 4..<end].reduce(~0 as UInt32) { sum, byte in
        sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)]
      }
      for i in 0..<4 { file[end + i] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * i)) }
      position = end + 4
    }
  }
}
