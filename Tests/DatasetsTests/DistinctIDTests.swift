import Schema
import Testing

@Suite("ids of images that differ in their extension alone")
struct DistinctIDTests {
  @Test("the second keeps it, the first and all others have their usual ids")
  func label() throws {
    let text = "# a/b.jpg\n1 2 3 4\n# a/b.png\n1 2 3 4\n# b.png\n1 2 3 4\n# a/b.JPG\n1 2 3 4\n"
    let ids = try Reading(text, named: "label.txt").records.map(\.id)
    #expect(ids == ["wider-face/a/b", "wider-face/a/b.png", "wider-face/b", "wider-face/a/b.JPG"])
  }

  @Test("so it is in WIDER FACE's text and img2pose's lists, with a split before it")
  func siblings() throws {
    let text = "a/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0\na/b.jpeg\n1\n1 2 3 4 0 0 0 0 0 0\n"
    let wider = try Reading(text, named: "wider_face_val_bbx_gt.txt").records.map(\.id)
    #expect(wider == ["wider-face/val/a/b", "wider-face/val/a/b.jpeg"])
    let files = ["jpg", "png"].map { ending in
      (
        name: "\(ending).json",
        text: "{\"image_path\":\"b.\(ending)\",\"bboxes\":[[1,2,3,4]],\"landmarks\":[[]]}"
      )
    }
    let list = try Reading(
      [("list.txt", Array("jpg.json\npng.json\n".utf8))], beside: files)
    #expect(list.records.map(\.id) == ["wider-face/b", "wider-face/b.png"], "\(list.texts)")
  }

  @Test("an id that keeps the extension is written and read again")
  func written() throws {
    var record = ImageRecord(
      source: RecordSource(dataset: "photos", split: "val"),
      image: ImageReference(path: "x.y/IMG_1.PNG"))
    #expect(record.id == "photos/val/x.y/IMG_1" && !record.keepsExtensionInID)
    record.keepExtensionInID()
    #expect(record.id == "photos/val/x.y/IMG_1.PNG")
    var writer = JSONWriter()
    record.write(to: &writer)
    let read = try ImageRecord(line: String(decoding: writer.bytes, as: UTF8.self))
    #expect(read == record && read.keepsExtensionInID)
  }
}
