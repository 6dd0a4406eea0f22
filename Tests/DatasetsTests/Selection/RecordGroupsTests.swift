import Datasets
import Schema
import TestSupport
import Testing

@Suite("Groups of records")
struct RecordGroupsTests {
  private func groups(
    _ records: [ImageRecord], by attributes: [String] = RecordGroups.usualAttributes
  ) -> RecordGroups {
    var groups = RecordGroups(by: attributes)
    for record in records { groups.add(record) }
    return groups
  }

  @Test("a person's sequences are one group, an image that names nothing its own")
  func persons() {
    var made = groups([
      record("03/a.png", [["subject_id": "F03"]]), record("15/b.png", [["subject_id": "F03"]]),
      record("01/c.png", [["subject_id": "F01"]]), record("x.png", []), record("y.png"),
    ])
    #expect(
      made.groups.map(\.name) == [
        "biwi/subject_id=F01", "biwi/subject_id=F03", "biwi/x.png", "biwi/y.png",
      ])
    #expect(made.groups.map(\.count) == [1, 2, 1, 1])
    let (first, second) = (made.groups[0].number, made.groups[1].number)
    #expect(made.group(of: record("new.png", [["subject_id": "F03"]])) == second && first != second)
  }

  @Test("photos and persons tie groups together over any number of records, in any order")
  func chain() {
    let links = (0..<40).map { i in
      record("\(i).png", [["subject_id": "S\(i)"], ["source_photo": "P\(i / 2)"]])
    }
    let bridges = (0..<19).map { i in
      record("b\(i).png", [["source_photo": "P\(i)"], ["subject_id": "S\(2 * i + 2)"]])
    }
    var random = SeededRandom(seed: 1)
    for _ in 0..<20 {
      let made = groups((links + bridges).shuffled(using: &random))
      #expect(made.groups.count == 1)
      #expect(made.groups[0].name == "biwi/source_photo=P0" && made.groups[0].count == 59)
    }
    #expect(groups(links, by: ["subject_id"]).groups.count == 40)
  }

  @Test("the same name in two datasets is two persons; an empty one is nobody")
  func names() {
    let made = groups([
      record("a", dataset: "biwi", [["subject_id": "1"]]),
      record("b", dataset: "arkitface", [["subject_id": "1"]]),
      record("c", [["subject_id": ""]]), record("d", [["subject_id": ""]]),
    ])
    #expect(made.groups.count == 4)
  }
}
