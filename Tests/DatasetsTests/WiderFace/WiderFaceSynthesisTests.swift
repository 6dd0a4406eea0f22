import Codecs
import Datasets
import Foundation
import Geometry
import Labelling
import Rendering
import Schema
import TestSupport
import Testing

/// A mean face in metres, near enough to a real one.
private let model: [SIMD3<Double>] = [
  [-0.03, -0.04, -0.038], [0.032, -0.039, -0.038], [0.0015, -0.003, -0.0737],
  [-0.0237, 0.0276, -0.0397], [0.0227, 0.0286, -0.0412],
]

/// One small synthetic dataset read in its four forms, and its truth.
private struct FourForms {
  var text: [String: ImageRecord]
  var mat: [String: ImageRecord]
  var label: [String: ImageRecord]
  var list: [String: ImageRecord]
  var merged: [String: ImageRecord]
  var truth: [String: ImageRecord] = [:]

  init(count: Int = 60) throws {
    self = try withTemporaryDirectory { folder in
      var options = SynthesisOptions()
      (options.width, options.height, options.split) = (640, 480, "val")
      var synthesis = WiderFaceSynthesis(folder: folder, options: options, model: model)
      for index in 0..<count { try synthesis.add(index: index, []) }
      try synthesis.finish()
      return try FourForms(folder)
    }
  }

  private init(_ folder: String) throws {
    func read(_ names: [String]) throws -> [String: ImageRecord] {
      let reading = try Reading(at: names.map { "\(folder)/\($0)" })
      #expect(reading.issues.isEmpty)
      return try Self.byPath(reading.records)
    }
    text = try read(["wider_face_val_bbx_gt.txt"])
    mat = try read(["wider_face_val.mat"])
    label = try read(["retinaface/val/label.txt"])
    list = try read(["img2pose/WIDER_val_annotations.txt"])
    merged = try read([
      "retinaface/val/label.txt", "wider_face_val_bbx_gt.txt", "wider_easy_val.mat",
      "wider_medium_val.mat", "wider_hard_val.mat", "img2pose/WIDER_val_annotations.txt",
    ])
    var lines = RecordLines(file: try MappedFile(path: "\(folder)/truth.jsonl"))
    var records: [ImageRecord] = []
    while let outcome = lines.next() { records.append(try #require(outcome.record)) }
    truth = try Self.byPath(records)
  }

  private static func byPath(_ records: [ImageRecord]) throws -> [String: ImageRecord] {
    try Dictionary(records.map { ($0.image.path, $0) }) { _, _ in
      throw SchemaRepeats()
    }
  }

  private struct SchemaRepeats: Error {}
}

/// What a face is in the fields that `keep` leaves.
private func faces(
  _ records: [String: ImageRecord], _ keep: (Face) -> Face
) -> [String: [Face]] {
  records.mapValues { $0.faces.map(keep) }
}

private func boxOnly(_ face: Face) -> Face { Face(box: face.box) }

@Suite("Synthetic WIDER FACE")
struct WiderFaceSynthesisTests {
  @Test("all four forms hold the same images and boxes")
  func boxes() throws {
    let forms = try FourForms()
    let truth = faces(forms.truth, boxOnly)
    #expect(truth.count == 60)
    #expect(truth.values.contains { $0.isEmpty })
    #expect(truth.values.contains { $0.count > 2 })
    for form in [forms.text, forms.mat, forms.label, forms.list, forms.merged] {
      #expect(faces(form, boxOnly) == truth)
    }
  }

  @Test("text and .mat hold the same flags")
  func flags() throws {
    let forms = try FourForms()
    func withoutNative(_ face: Face) -> Face {
      var face = face
      face.native = nil
      return face
    }
    #expect(faces(forms.text, withoutNative) == faces(forms.mat, withoutNative))
    #expect(forms.text.values.contains { $0.faces.contains { $0.attributes.invalid == true } })
    #expect(forms.text.values.contains { $0.faces.contains { $0.attributes.occlusion == 2 } })
  }

  @Test("label.txt and img2pose's JSON hold the same landmarks")
  func landmarks() throws {
    let forms = try FourForms()
    func positions(_ records: [String: ImageRecord]) -> [String: [[SIMD2<Double>?]?]] {
      records.mapValues { record in
        record.faces.map { face in face.landmarks.map { points in (0..<5).map(points.position) } }
      }
    }
    #expect(positions(forms.label) == positions(forms.list))
    #expect(positions(forms.label) == positions(forms.truth))
    #expect(forms.label.values.contains { $0.faces.contains { $0.landmarks == nil } })
    #expect(
      forms.label.values.contains { $0.faces.contains { $0.landmarks?.presentCount == 4 } })
  }

  @Test("all forms merged are the truth without its poses")
  func merged() throws {
    let forms = try FourForms()
    func withoutPose(_ face: Face) -> Face {
      var face = face
      (face.pose, face.native) = (nil, nil)
      return face
    }
    #expect(faces(forms.merged, withoutPose) == faces(forms.truth, withoutPose))
    #expect(forms.truth.values.contains { $0.faces.contains { $0.attributes.easy == true } })
  }

  @Test("true poses project the model onto the landmarks")
  func truePoses() throws {
    var checked = 0
    for record in try FourForms().truth.values {
      let camera = try #require(record.camera?.intrinsics)
      for face in record.faces {
        guard let landmarks = face.landmarks else { continue }
        let pose = try #require(face.pose?.extrinsics)
        for i in 0..<5 {
          guard let position = landmarks.position(i) else { continue }
          let offset = camera.projection(of: pose.applied(to: model[i])) - position
          #expect((offset * offset).sum().squareRoot() < 1e-3)
          checked += 1
        }
      }
    }
    #expect(checked > 100)
  }

  @Test("the same options give the same bytes whatever was drawn before, another seed others")
  func reproducible() throws {
    let head = HeadMesh(landmarks: FaceModel.bfm68Points.points)
    let painter = SyntheticPainter(head: head)
    func jpeg(_ index: Int, seed: UInt64, _ painter: SyntheticPainter) -> [UInt8] {
      var options = SynthesisOptions()
      (options.width, options.height, options.seed) = (160, 120, seed)
      return WiderFaceSynthesis(folder: "", options: options, model: model).draw(index, painter)
    }
    let first = jpeg(3, seed: 1, painter)
    #expect(jpeg(6, seed: 1, painter) != first)
    #expect(jpeg(3, seed: 1, painter) == first)
    #expect(jpeg(3, seed: 1, SyntheticPainter(head: head)) == first)
    #expect(jpeg(3, seed: 2, painter) != first)
  }
}
