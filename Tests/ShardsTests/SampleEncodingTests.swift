import Codecs
import Geometry
import Schema
import Shards
import Testing

@Suite("Layout of whole records")
struct RecordsLayoutTests {
  @Test("a sample is a map of the record and the image, in this order")
  func members() throws {
    let encoder = SampleEncoder(layout: .records)
    let sample = try #require(encoder.encode(record([posedFace()])).0)
    guard case .map(let members) = try #require(sample.value()) else {
      Issue.record("no map")
      return
    }
    #expect(members.map(\.key) == ["record", "image"])
    #expect(members.last?.value == .binary(sample.head.count..<sample.head.count + 4))
    #expect(sample.tail.isEmpty)
  }

  @Test("the record in it is the same as in JSON Lines")
  func sameAsJSON() throws {
    var face = posedFace()
    face.attributes.blur = 2
    face.native = .line("10 20 \"30\" 40")
    let original = record([face, plainFace])
    let encoder = SampleEncoder(layout: .records)
    let value = try #require(encoder.encode(original).0?.value()?["record"])
    var writer = JSONWriter()
    original.write(to: &writer)
    let line = String(decoding: try writer.bytes, as: UTF8.self)
    #expect(json(value) == (try JSONParser.value(of: line)))
    #expect(try ImageRecord(json(value)) == original)
  }

  @Test("numbers are those that a reader of the JSON gets; one that is not finite is refused")
  func numbers() throws {
    var face = posedFace()
    face.pose = HeadPose(
      rotationVector: [-0.0, 0.1, 1e-300], translation: [1e15, 999_999_999_999_999, 3])
    face.fit = FitQuality(
      solver: .leastSquares, points: 5, reprojectionError: 0.1, interocularDistance: 1 / 3)
    let original = record([face])
    let encoder = SampleEncoder(layout: .records)
    let value = try #require(encoder.encode(original).0?.value()?["record"])
    var writer = JSONWriter()
    original.write(to: &writer)
    #expect(
      json(value) == (try JSONParser.value(of: String(decoding: writer.bytes, as: UTF8.self))))
    face.box.left = .nan
    #expect(encoder.encode(record([face])).0 == nil)
  }

  @Test("images without a face or a pose are kept")
  func keepsAll() {
    let encoder = SampleEncoder(layout: .records)
    let (empty, leftOut) = encoder.encode(record([]))
    #expect(empty?.faceCount == 0)
    #expect(leftOut.isEmpty)
    let (plain, _) = encoder.encode(record([plainFace]))
    #expect(plain?.faceCount == 1)
    #expect(plain?.localPoses.isEmpty == true)
  }

  @Test("local poses come with it too, for the statistics")
  func localPoses() {
    let records = SampleEncoder(layout: .records)
    let img2pose = SampleEncoder(layout: .img2pose)
    let original = record([posedFace(), posedFace(left: 20)])
    let poses = records.encode(original).0?.localPoses
    #expect(poses?.count == 2)
    #expect(poses == img2pose.encode(original).0?.localPoses)
  }

  private func json(_ value: MessagePackValue) -> JSONValue {
    switch value {
    case .null: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .double(let number): .double(number)
    case .text(let text): .text(text)
    case .binary: .text("binary")
    case .array(let values): .array(values.map(json))
    case .map(let members): .object(members.map { ($0.key, json($0.value)) })
    }
  }
}
