import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// The samples of JSON forms beside the project, against what an independent reader made of them.
@Suite("Samples of JSON forms")
struct JSONFormSampleTests {
  @Test(
    "a sample gives the expected faces", .enabled(if: sharedData != nil),
    arguments: [
      ("label-studio", "label-studio"), ("labelme", "labelme"), ("datumaro-json", "datumaro"),
      ("directmhp-predictions", "coco-results"), ("dad-3dheads", "dad-3dheads"),
      ("mediapipe-json", "mediapipe"),
    ])
  func sample(folder: String, form: String) throws {
    let path = try #require(sharedData) + "/foreign/" + folder
    let expected = try JSONParser.value(
      of: String(contentsOfFile: path + "/expected.json", encoding: .utf8))
    let reading = try FormReading(form, at: path)
    let images = try #require(expected.elements)
    #expect(reading.records.map(\.image.path) == images.map { $0["image"]?.text })
    for (record, image) in zip(reading.records, images) {
      let faces = image["faces"]?.elements ?? []
      #expect(record.faces.count == faces.count)
      for (face, truth) in zip(record.faces, faces) { compare(face, truth) }
    }
  }

  private func compare(_ face: Face, _ truth: JSONValue) {
    let box = truth["bbox_xyxy"]?.elements?.compactMap(\.number) ?? []
    #expect(box.count == 4 && zip(face.edges, box).allSatisfy { abs($0 - $1) < 0.02 })
    let points = truth["landmarks"]?["points"]?.elements ?? []
    #expect(face.points.count == points.count)
    for (point, other) in zip(face.points, points) {
      let pair = other.elements?.compactMap(\.number)
      #expect((point == nil) == (pair == nil))
      guard let point, let pair else { continue }
      #expect(length(point - SIMD2(pair[0], pair[1])) < 0.02)
    }
    let words = truth["visibility"]?.elements?.compactMap(\.text) ?? []
    #expect(face.visibilities.map(\.rawValue) == words)
    let pose = truth["pose"]
    let angles = ["pitch_deg", "yaw_deg", "roll_deg"].compactMap { pose?[$0]?.number }
    #expect((face.pose != nil) == (angles.count == 3))
    guard angles.count == 3, let rotation = face.pose?.rotation else { return }
    let expected = EulerConvention.aflw.rotation(
      of: EulerAngles(pitch: angles[0], yaw: angles[1], roll: angles[2]).inRadians)
    let turn = (expected.transpose * rotation).rotationVector
    #expect(length(turn) < 0.01 * .pi / 180)
    for key in ["translation_native_opencv", "translation_m"] {
      guard let place = pose?[key]?.elements?.compactMap(\.number) else { continue }
      #expect(
        length((face.pose?.translation ?? .zero) - SIMD3(place[0], place[1], place[2])) < 1e-6)
    }
  }
}
