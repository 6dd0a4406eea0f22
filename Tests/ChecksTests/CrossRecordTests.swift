import Checks
import Codecs
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Several records at once")
struct CrossRecordTests {
  private func findings(
    _ records: [(record: ImageRecord, input: Int)], inputs: [String] = ["a.jsonl"]
  ) throws -> [Finding] {
    var check = try CrossRecordCheck(inputs: inputs)
    for (record, input) in records { try check.add(record, input: input, image: nil) }
    return try check.finish().map(\.finding)
  }

  private func findings(_ records: ImageRecord...) throws -> [Finding] {
    try findings(records.map { ($0, 0) })
  }

  /// A face with attributes, and landmarks of their own for each seed.
  private func face(
    _ attributes: [String: JSONValue] = [:], landmarks seed: UInt64? = nil,
    layout: Landmarks.Layout = .ibug68
  ) -> Face {
    var face = Face(box: BoundingBox(left: 10, top: 10, right: 400, bottom: 400))
    face.attributes.others = attributes.sorted { $0.key < $1.key }.map {
      FaceAttributes.Other(name: $0.key, value: $0.value)
    }
    if let seed {
      var random = SeededRandom(seed: seed)
      face.landmarks = Landmarks(
        layout: layout,
        points: (0..<layout.count).map { _ in
          Landmarks.Point(SIMD2(random.uniform(20...400), random.uniform(20...400)))
        })
    }
    return face
  }

  @Test("a record's id is its own")
  func ids() throws {
    let found = try findings(
      record("a.jpg", line: 1), record("b.jpg", line: 2), record("a.png", line: 3))
    #expect(found.ids == ["duplicate-record"])
    #expect(
      found.first?.detail
        == "record 'photos/a': expected an id of its own, found that of photos.txt:1")
    #expect(found.first?.location == SourceLocation(file: "photos.txt", line: 3))
  }

  @Test(
    "a photo, a person and a sequence are in one split",
    arguments: [
      ("source_photo", "photo-in-two-splits"), ("subject_id", "subject-in-two-splits"),
      ("sequence", "sequence-in-two-splits"),
    ])
  func splits(attribute: String, id: String) throws {
    func one(_ path: String, _ split: String?, _ value: JSONValue) -> ImageRecord {
      record(path, split: split, faces: [face([attribute: value])])
    }
    #expect(
      try findings(
        one("a.jpg", "train", .text("1")), one("b.jpg", "train", .text("1")),
        one("c.jpg", "val", .text("2"))
      )
      .isEmpty)
    let found = try findings(
      one("a.jpg", "train", .text("1")), one("b.jpg", "train", .text("1")),
      one("c.jpg", "val", .text("1")))
    #expect(found.ids == [id])
    #expect(
      found.first?.detail.hasSuffix(
        "of 'c.jpg': expected in one split, found 1 in val and 2 in train, first 'a.jpg'") == true)
    // Several files are splits, whatever the records say.
    let records = [(one("a.jpg", "train", .text("1")), 0), (one("b.jpg", "train", .text("1")), 1)]
    let files = try findings(records, inputs: ["train.jsonl", "val.jsonl"])
    #expect(files.ids == [id])
    #expect(files.first?.detail.contains("1 in val.jsonl, train and 1 in train.jsonl") == true)
  }

  @Test("a person's sequence is not told beside the person")
  func personsSequence() throws {
    let attributes: [String: JSONValue] = ["subject_id": .text("F01"), "sequence": .text("01")]
    let found = try findings(
      record("a.jpg", split: "train", faces: [face(attributes)]),
      record("b.jpg", split: "val", faces: [face(attributes)]))
    #expect(found.ids == ["subject-in-two-splits"])
  }

  @Test("the copy of 300W-LP whose images share landmarks is named")
  func sharedLandmarks() throws {
    func one(_ path: String, _ seed: UInt64, dataset: String = "300w-lp") -> ImageRecord {
      record(
        path, dataset: dataset, faces: [face(["source_photo": .text("AFW_1")], landmarks: seed)])
    }
    #expect(try findings(one("AFW/AFW_1_0.jpg", 1), one("AFW/AFW_1_1.jpg", 2)).isEmpty)
    let found = try findings(
      one("AFW/AFW_1_0.jpg", 1), one("AFW/AFW_1_1.jpg", 1), one("AFW/AFW_1_2.jpg", 1))
    #expect(found.ids == ["shared-landmarks"])
    #expect(
      found.first?.detail
        == "landmarks of 'AFW/AFW_1_1.jpg': expected its own, found those of 'AFW/AFW_1_0.jpg' and of 1 more; this is the copy of 300W-LP whose rotated images share one set of landmarks"
    )
    let others = try findings(
      one("a.jpg", 1, dataset: "photos"), one("b.jpg", 1, dataset: "photos"))
    #expect(others.first?.detail.hasSuffix("found those of 'a.jpg'") == true)
  }

  @Test("faces without landmarks share none")
  func noLandmarks() throws {
    var missing = face()
    missing.landmarks = Landmarks(layout: .face5)
    #expect(
      try findings(record("a.jpg", faces: [missing]), record("b.jpg", faces: [missing])).isEmpty)
  }

  /// A pair of 300W-LP, its mirrored copy changed.
  private func pair(_ change: (inout Face) -> Void) throws -> [Finding] {
    var original = face(landmarks: 5)
    let rotation = SIMD3(0.1, -0.4, 0.2)
    original.pose = HeadPose(
      rotationVector: rotation, translation: [0, 0, 1], provenance: .annotation)
    var flip = original
    flip.landmarks = original.landmarks?.mirrored(imageWidth: 450)
    flip.pose = HeadPose(
      rotationVector: rotation * [1, -1, -1], translation: [0, 0, 1], provenance: .annotation)
    change(&flip)
    return try findings(
      record("AFW_Flip/A_0.jpg", dataset: "300w-lp", faces: [flip]),
      record("AFW/A_1.jpg", dataset: "300w-lp", faces: [face(landmarks: 9)]),
      record("AFW/A_0.jpg", dataset: "300w-lp", faces: [original]))
  }

  @Test("a mirrored copy that mirrors gives nothing")
  func mirrored() throws {
    #expect(try pair { _ in }.isEmpty)
  }

  @Test("a mirrored copy that does not mirror is found, with what is wrong")
  func unmirrored() throws {
    let unturned = try pair {
      $0.pose = HeadPose(
        rotationVector: [0.1, -0.4, 0.2], translation: [0, 0, 1], provenance: .annotation)
    }
    #expect(unturned.ids == ["unmirrored-flip"])
    #expect(unturned.first?.detail.contains("rotation: expected yaw and roll negated") == true)
    #expect(unturned.first?.record == "300w-lp/AFW_Flip/A_0")
    let unexchanged = try pair { $0.landmarks = $0.landmarks?.withSidesExchanged }
    #expect(unexchanged.ids == ["unmirrored-flip"])
    #expect(unexchanged.first?.detail.contains("their sides are not exchanged") == true)
    let shifted = try pair { flip in
      guard let points = flip.landmarks else { return }
      for i in 0..<68 { flip.landmarks?[i] = .init(points[i].position + [2, 0]) }
    }
    #expect(shifted.first?.detail.contains("they are mirrored at width + 1 - x") == true)
  }

  @Test("duplicates name the other image, and a file that two records name is none")
  func duplicates() throws {
    var check = try CrossRecordCheck(inputs: ["train.jsonl", "val.jsonl"])
    let sound = try inspect(picture(1).png()).summary
    var (original, near) = (sound, sound)
    original.fingerprint = ImageFingerprint(pixels: 1, perceptual: 0xFFFF_0000_FFFF_0000)
    near.fingerprint = ImageFingerprint(pixels: 2, perceptual: 0xFFFF_0000_FFFF_0001)
    try check.add(record("a.jpg", line: 1), input: 0, image: original)
    try check.add(record("b.jpg", line: 2), input: 0, image: original)
    try check.add(record("c.jpg", line: 3), input: 1, image: near)
    try check.add(record("d.jpg", line: 4), input: 1, image: original)
    let found = try check.finish().map(\.finding)
    #expect(
      found.map { "\($0.check.id): \($0.detail)" } == [
        "duplicate-image: image 'b.jpg': expected pixels of its own, found those of 'a.jpg' (photos.txt:1)",
        "near-duplicate-across-splits: image 'c.jpg': expected a picture that no other resembles, found hashes 1 of 64 bits apart from 'a.jpg' in train.jsonl (photos.txt:1)",
        "duplicate-across-splits: image 'd.jpg': expected pixels of its own, found those of 'a.jpg' in train.jsonl (photos.txt:1)",
      ])
    var same = try CrossRecordCheck(inputs: ["train.jsonl"])
    for line in 1...2 {
      try same.add(record("a.jpg", line: line), input: 0, image: original)
    }
    #expect(try same.finish().map(\.finding).ids == ["duplicate-record"])
  }
}
