import Geometry
import Schema
import TestSupport
import Testing

@Suite("Poses without a translation")
struct AnglesOnlyTests {
  private func record(_ pose: String) throws -> ImageRecord {
    let text =
      #"{"schema":"sixdof.image/1","id":"x/a","source":{"dataset":"x"},"image":{"path":"a.jpg"},"camera":null,"faces":[{"bbox_xyxy":[0,0,1,1],"pose":\#(pose)}]}"#
    return try ImageRecord(JSONParser.value(of: text))
  }

  @Test("they are written and read with null and none")
  func roundTrip() throws {
    let pose = HeadPose(
      rotationVector: [0.1, 0.2, 0.3], translation: nil, scale: .measured, provenance: .annotation)
    #expect(pose.scale == .none && pose.translation == nil && pose.extrinsics == nil)
    #expect(pose.converted(to: .arkit)?.translation == nil)
    #expect(pose.notated.rotation == pose.rotation)
    let read = try record(
      #"{"rotation_vector":[0.1,0.2,0.3],"translation":null,"frame":"bfm","scale":"none","provenance":"annotation"}"#
    )
    #expect(read.faces[0].pose == pose)
    var writer = JSONWriter()
    read.write(to: &writer)
    let text = String(decoding: try writer.bytes, as: UTF8.self)
    #expect(text.contains(#""translation":null,"frame":"bfm","scale":"none""#))
  }

  @Test(
    "scale and translation must agree",
    arguments: [
      #"{"rotation_vector":[0,0,0],"translation":null,"frame":"bfm","scale":"assumed","provenance":"pnp"}"#,
      #"{"rotation_vector":[0,0,0],"translation":[0,0,1],"frame":"bfm","scale":"none","provenance":"pnp"}"#,
    ])
  func contradictions(pose: String) {
    #expect(throws: RecordError.self) { try record(pose) }
  }
}
