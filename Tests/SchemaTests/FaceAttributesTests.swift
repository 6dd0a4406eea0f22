import Schema
import Testing

@Suite("Face attributes")
struct FaceAttributesTests {
  @Test("what one lacks is taken from the other, with no conflict")
  func merge() {
    var attributes = FaceAttributes()
    #expect(attributes.merge(fullAttributes()) == [])
    #expect(attributes == fullAttributes())
    #expect(attributes.merge(FaceAttributes()) == [])
    #expect(attributes.merge(fullAttributes()) == [])
    #expect(attributes == fullAttributes())
  }

  @Test("members that disagree are named, and the first value stays")
  func conflicts() {
    var other = FaceAttributes()
    (other.blur, other.expression, other.illumination, other.occlusion) = (0, 0, 0, 0)
    (other.pose, other.invalid, other.ignore, other.degenerate) = (0, false, true, false)
    (other.easy, other.medium, other.hard) = (true, false, true)
    (other.quality, other.score) = (0, 0)
    var attributes = fullAttributes()
    #expect(
      attributes.merge(other) == [
        "blur", "expression", "illumination", "occlusion", "pose", "quality", "score", "invalid",
        "ignore", "easy", "medium", "hard", "degenerate",
      ])
    #expect(attributes == fullAttributes())
  }

  @Test("only those that disagree are named")
  func oneConflict() {
    var attributes = FaceAttributes()
    (attributes.blur, attributes.easy) = (1, true)
    var other = FaceAttributes()
    (other.blur, other.easy, other.hard) = (1, false, false)
    #expect(attributes.merge(other) == ["easy"])
    #expect(attributes.easy == true)
    #expect(attributes.hard == false)
  }

  @Test("members of unknown names join those that are there, and conflict like known ones")
  func others() {
    var attributes = FaceAttributes()
    attributes.others = [
      .init(name: "age", value: .integer(4)), .init(name: "hat", value: .boolean(true)),
    ]
    var other = FaceAttributes()
    other.others = [
      .init(name: "glasses", value: .null), .init(name: "age", value: .integer(5)),
      .init(name: "hat", value: .boolean(true)),
    ]
    #expect(attributes.merge(other) == ["age"])
    #expect(
      attributes.others == [
        .init(name: "age", value: .integer(4)), .init(name: "hat", value: .boolean(true)),
        .init(name: "glasses", value: .null),
      ])
  }
}
