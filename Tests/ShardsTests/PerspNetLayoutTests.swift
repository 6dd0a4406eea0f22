import Codecs
import Geometry
import Schema
import Shards
import Testing

@Suite("Layout of PerspNet's samples")
struct PerspNetLayoutTests {
  private func value() throws -> MessagePackValue {
    let sample = try #require(SampleEncoder(layout: .perspNet).encode(record([posedFace()])).0)
    #expect(sample.ownImageBytes == meshFace.image.count)
    return try #require(sample.value(image: []))
  }

  @Test("the record is that of the piece of the image, in its pixels")
  func pieceRecord() throws {
    let sample = try ShardLayout.perspNet.sample(value())
    let stored = try sample.usableRecord()
    #expect(stored.image.path == "a/b.jpg")
    #expect(stored.faces[0].box == BoundingBox(left: 2, top: 4, right: 62, bottom: 64))
    #expect(stored.camera?.intrinsics.principalPoint == [92, 34])
    #expect(sample.faults.isEmpty)
    #expect(sample.localPoses.isEmpty)
  }

  @Test("arrays are little-endian, in C order")
  func arrays() throws {
    let sample = try #require(SampleEncoder(layout: .perspNet).encode(record([posedFace()])).0)
    let value = try #require(sample.value(image: []))
    func bytes(_ name: String) throws -> [UInt8] {
      guard case .binary(let range) = try #require(value[name]) else { return [] }
      return Array(sample.head[range])
    }
    #expect(try bytes("vertices").count == 12 * 1220)
    #expect(
      try bytes("vertices").prefix(16) == [0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 128, 190, 0, 0, 128, 63])
    #expect(try bytes("R_t").prefix(8) == [0, 0, 0, 0, 0, 0, 128, 63])
    #expect(try bytes("triangles") == [0, 0, 1, 0, 255, 8, 255, 255, 4, 0, 5, 0])
    #expect(try bytes("lengths") == [1, 1, 1, 1, 1, 1])
  }

  @Test(
    "a member that is not as it should be is a fault that names it",
    arguments: [
      "vertices", "R_t", "landmarks", "origin", "camera", "region", "mask_box", "centre", "path",
    ])
  func faults(name: String) throws {
    guard case .map(var members) = try value() else { return }
    let place = try #require(members.firstIndex { $0.key == name })
    for wrong in [MessagePackValue.null, .array([.double(.nan)]), .text("x"), .binary(0..<3)] {
      if name == "path", case .text = wrong { continue }
      members[place].value = wrong
      let changed = MessagePackValue.map(members)
      let error = #expect(throws: SampleFault.self) { try ShardLayout.perspNet.sample(changed) }
      let names = ["vertices", "R_t"].contains(name) ? [name, "expected a map"] : [name]
      #expect(names.contains { "\(error as Any)".contains($0) })
    }
  }

  @Test("the mesh is read back; runs that do not fill the mask's box are a fault")
  func mesh() throws {
    let encoded = try #require(SampleEncoder(layout: .perspNet).encode(record([posedFace()])).0)
    let value = try #require(encoded.value(image: []))
    try encoded.head.withUnsafeBytes { bytes in
      let read = try #require(ShardLayout.perspNet.sample(value).mesh)
      #expect(try read(bytes).triangles == meshFace.triangles)
    }
    guard case .map(var members) = value,
      case .binary(let range) = try #require(value["lengths"])
    else { return }
    let place = try #require(members.firstIndex { $0.key == "lengths" })
    members[place].value = .binary(range.dropLast())
    try encoded.head.withUnsafeBytes { bytes in
      let read = try #require(ShardLayout.perspNet.sample(.map(members)).mesh)
      let error = #expect(throws: SampleFault.self) { try read(bytes) }
      #expect("\(error as Any)".contains("triangles: expected runs of"))
    }
  }

  @Test("samples of older programs, whose triangles are deflated, are read")
  func olderTriangles() throws {
    let encoded = try #require(SampleEncoder(layout: .perspNet).encode(record([posedFace()])).0)
    guard case .map(var members) = try #require(encoded.value(image: [])) else { return }
    members.removeAll { $0.key == "lengths" }
    let packed = Deflate.packed(
      meshFace.triangles.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    let place = try #require(members.firstIndex { $0.key == "triangles" })
    members[place].value = .binary(encoded.head.count..<encoded.head.count + packed.count)
    let read = try #require(ShardLayout.perspNet.sample(.map(members)).mesh)
    let all = Array(encoded.head) + packed
    let found = try all.withUnsafeBytes { try read($0) }
    #expect(found.triangles == meshFace.triangles)
    members[place].value = .binary(encoded.head.count..<encoded.head.count + packed.count - 2)
    let cut = try #require(ShardLayout.perspNet.sample(.map(members)).mesh)
    #expect(throws: SampleFault.self) { try all.withUnsafeBytes { try cut($0) } }
  }
}
