import Schema
import Testing

@Suite("A manifest's seal")
struct ManifestSealTests {
  private static let manifest = JSONValue.object([
    ("schema", .text("sixdof.manifest/1")), ("counts", .object([("samples", .integer(12))])),
  ])

  private func state(_ text: some Collection<UInt8>) -> ManifestSeal.State {
    Array(text).withUnsafeBytes(ManifestSeal.state)
  }

  @Test("is the last member, and the hash of all before it")
  func whole() throws {
    let text = try ManifestSeal.sealed(Self.manifest)
    #expect(text.hasPrefix("{\n  \"schema\": \"sixdof.manifest/1\",\n"))
    #expect(state(text.utf8) == .whole)
    #expect(try JSONParser.value(of: text)["counts"]?["samples"] == .integer(12))
    #expect(state(try Self.manifest.prettyText.utf8) == .none)
    #expect(state([]) == .none)
  }

  @Test("tells every flipped bit")
  func flips() throws {
    let text = Array(try ManifestSeal.sealed(Self.manifest).utf8)
    for byte in text.indices {
      for bit in 0..<8 {
        var other = text
        other[byte] ^= 1 << UInt8(bit)
        #expect(state(other) != .whole)
      }
    }
  }
}
