import Checks
import Foundation
import Schema
import TestSupport
import Testing

@Suite("Numbers that no LMDB has")
struct ShardNumberTests {
  private static let numbers: [Double] = [
    0, -0.0, 1e-320, -1e-320, 5e-324, 1e155, -1e155, 1e300, .greatestFiniteMagnitude, .nan,
    .infinity, -.infinity, 0x1p31, -0x1p53, 0x1p63, -0x1p64, 999_999_999, -999, 9_999_999,
  ]
  private static let integers = [
    Int.max, Int.min, 1 << 53, -(1 << 53), 1 << 31, -(1 << 31), 0, 999_999_999, -999_999_999,
  ]

  @Test("a pose, box or landmark of any number is a finding or none, and no trap")
  func everyPlace() throws {
    var fixture = ShardFixture(count: 1)
    let whole = fixture.samples[0]
    func add(_ change: (inout ShardFixture.Face) -> Void) {
      var sample = whole
      change(&sample.faces[0])
      fixture.samples.append(sample)
    }
    for number in Self.numbers {
      for i in 0..<6 {
        add { $0.global?[i] = number }
        add { $0.local?[i] = number }
        add { ($0.global, $0.local) = ([0, 0, 0, 0, 0, number], [0, 0, 0, 0, 0, 1]) }
        add { ($0.global, $0.local) = ([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, number]) }
      }
      for axis in 0..<2 { add { $0.landmarks[2][axis] = number } }
    }
    for number in Self.integers { for i in 0..<4 { add { $0.box[i] = number } } }
    let findings = try fixture.findings()
    #expect(findings.contains { $0.detail.contains("found [nan") })
    #expect(
      findings.contains {
        $0.detail.hasPrefix("sample") && $0.detail.contains("box: expected numbers under 1e9")
      })
    #expect(findings.allSatisfy { $0.measure?.isFinite ?? true })
  }

  @Test("keys and lengths of any number", arguments: [Int.max, Int.min, -1, 1 << 53])
  func keys(number: Int) throws {
    var fixture = ShardFixture(count: 2)
    fixture.length = number
    fixture.extraKeys = ["\(number)", "18446744073709551616"]
    #expect(try fixture.findings().contains { $0.check.id == "shard-keys" })
  }

  @Test(
    "a manifest of any number",
    arguments: ["1e300", "-1e300", "NaN", "Infinity", "9223372036854775807", "1e999", "1e-320"])
  func manifest(number: String) throws {
    let findings = try ShardFixture(count: 2).findings { prefix in
      try #"{"shards":[{"file":"train.lmdb","samples":\#(number),"value_bytes":\#(number)}]}"#
        .write(toFile: prefix + ".manifest.json", atomically: true, encoding: .utf8)
    }
    #expect(findings.map(\.check.id) == ["shard-manifest", "shard-manifest"])
  }
}
