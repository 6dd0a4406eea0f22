import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Datasets

@Suite("what 3DDFA's form cannot hold")
struct TDDFARefusalTests {
  /// A whole record, and an encoder without tables.
  private func sample() throws -> (ImageRecord, TDDFAEncoder) {
    try MATFaceSet.with(.threeHundredWLP, count: 2) { set in
      let record = try TrainingSetFixture.records(count: 1, set: set)[0]
      return (record, TDDFAEncoder(options: ExportOptions(), sources: [], model: nil))
    }
  }

  private func change(_ record: inout ImageRecord, _ name: String, _ array: NativeArray?) {
    guard case .arrays(var arrays) = record.faces[0].native else { return }
    arrays.removeAll { $0.name == name }
    if let array { arrays.append(array) }
    record.faces[0].native = .arrays(arrays)
  }

  private func losses(_ record: ImageRecord) throws -> [String] {
    try withTemporaryDirectory { folder in
      try TDDFAWriter(.tddfa, ExportForm.Target(folder: folder)).losses(of: record)
    }
  }

  private func reason(_ record: ImageRecord, _ encoder: TDDFAEncoder) throws -> String? {
    var encoder = encoder
    return try encoder.encode(record, image: try TrainingSetFixture.image()).leftOut
  }

  private func refusal(
    _ record: ImageRecord, _ encoder: TDDFAEncoder, image: StoredImage? = nil
  ) throws -> String {
    var encoder = encoder
    do {
      _ = try encoder.encode(record, image: try image ?? TrainingSetFixture.image())
      return "nothing"
    } catch let error as RejectedRecord {
      return "\(error)"
    }
  }

  @Test("a whole record loses nothing")
  func whole() throws {
    let (record, encoder) = try sample()
    #expect(try losses(record) == [])
    #expect(try reason(record, encoder) == nil)
  }

  @Test("faces without arrays are named, and left out", arguments: ["Shape_Para", "Pose_Para"])
  func arrays(name: String) throws {
    var (record, encoder) = try sample()
    change(&record, name, nil)
    #expect(try losses(record) == [TDDFAFace.noArrays])
    #expect(try reason(record, encoder) == TDDFAFace.noArrays)
    record.faces[0].native = .line("1 2 3")
    #expect(try losses(record) == [TDDFAFace.noArrays])
    record.faces = []
    #expect(try losses(record) == ["images without a face"])
    #expect(try reason(record, encoder) == "images without a face")
  }

  @Test("landmarks that are missing or a contour, further faces and other poses are named")
  func landmarks() throws {
    let (record, encoder) = try sample()
    var other = record
    other.faces[0].landmarks?[3] = .missing
    #expect(try losses(other) == [TDDFAEncoder.noLandmarks])
    #expect(try reason(other, encoder) == TDDFAEncoder.noLandmarks)
    other = record
    other.faces[0].attributes.others.append(.init(name: "contour-jaw", value: .boolean(true)))
    #expect(try losses(other).first?.contains("contour") == true)
    #expect(try reason(other, encoder) == nil)
    other = record
    other.faces.append(record.faces[0])
    #expect(try losses(other) == ["faces beyond an image's first"])
    other = record
    other.faces[0].pose = HeadPose(rotationVector: [0, 0, 1], translation: [0, 0, 1])
    #expect(try losses(other) == ["poses other than that of Pose_Para, which is written"])
  }

  @Test("arrays in files need the dataset, and are read from it")
  func references() throws {
    try MATFaceSet.with(.threeHundredWLP, count: 2) { set in
      var record = try TrainingSetFixture.records(count: 1, set: set)[0]
      let plain = try encoded(record, sources: [])
      let file = try #require(record.source.file)
      for name in ["Pose_Para", "Shape_Para"] {
        change(
          &record, name,
          NativeArray(name: name, dtype: "<f8", shape: [199, 1], content: .file(file)))
      }
      #expect(try losses(record).first?.contains("--source") == true)
      let encoder = TDDFAEncoder(options: ExportOptions(), sources: [], model: nil)
      #expect(try refusal(record, encoder).contains("expected the dataset it is in"))
      let found = try encoded(record, sources: [try FileTree(path: set.root)])
      #expect(found.numbers[0..<12].elementsEqual(plain.numbers[0..<12]))
      #expect(found.numbers[12..<52].allSatisfy { $0 == 0 })
    }
  }

  private func encoded(_ record: ImageRecord, sources: [FileTree]) throws -> TDDFAEncoder.Crop {
    var encoder = TDDFAEncoder(options: ExportOptions(), sources: sources, model: nil)
    return try #require(
      try encoder.encode(record, image: try TrainingSetFixture.image()).crops.first)
  }

  @Test("broken numbers are issues of the record")
  func broken() throws {
    let (record, encoder) = try sample()
    func message(_ name: String, _ numbers: [Double]) throws -> String {
      var other = record
      change(&other, name, TrainingSetFixture.native(name, numbers))
      return try refusal(other, encoder)
    }
    #expect(
      try message("Shape_Para", Array(repeating: .nan, count: 199))
        == "AFW/AFW_1000000_1_0.mat: Shape_Para: expected numbers under 1e30 in size, found others"
    )
    #expect(try message("Exp_Para", [1, 2]).contains("at least 10 numbers"))
    #expect(try message("Exp_Para", []).contains("at least 10 numbers"))
    #expect(try message("Pose_Para", [0, 0, 0, 1, 1, 1, -1]).contains("a pose may have"))
    #expect(try message("Pose_Para", [0, 0, 0, 1e300, 1, 1, 1]).contains("under 1e30"))
  }

  @Test("faces outside of the image, or far larger, are issues; broken images too")
  func squares() throws {
    let (record, encoder) = try sample()
    var other = record
    for i in 0..<68 { other.faces[0].landmarks?[i].position += SIMD2(1e5, 0) }
    #expect(try refusal(other, encoder).contains("expected it to show the image of 450 x 450"))
    for i in 0..<68 { other.faces[0].landmarks?[i].position *= 1e3 }
    #expect(try refusal(other, encoder).contains("expected it to show"))
    for i in 0..<68 { other.faces[0].landmarks?[i].position = [5, 5] }
    #expect(try refusal(other, encoder).contains("expected it to show"))
    let noise = try TrainingSetFixture.image().bytes()
    let cut = try StoredImage(
      bytes: noise.prefix(noise.count / 2) + [0xFF, 0xD9], with: ImageHeaderReader())
    #expect(try refusal(record, encoder, image: cut).contains("image 'AFW/AFW_1000000_1_0.jpg'"))
  }

  @Test(
    "names are those of the authors' list",
    arguments: [
      ("AFW_Flip/AFW_1_0.jpg", "AFWFlip_AFW_1_0_3.jpg"), ("a/b.c/image.x.png", "b.c_image.x_3.jpg"),
      ("image.jpg", "image_3.jpg"),
    ])
  func names(path: String, name: String) {
    let record = ImageRecord(
      source: RecordSource(dataset: "x"), image: ImageReference(path: path))
    #expect(TDDFAEncoder.name(of: record, copy: 3) == name)
  }
}
