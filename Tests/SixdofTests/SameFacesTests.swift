import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// Five faces that every native form can hold: whole-pixel boxes that are those of 68 landmarks, and poses
/// before a camera that the form knows.
private struct FiveFaces {
  static let size = 450
  let truth: [ImageRecord]

  /// - Parameters:
  ///   - images: records of images to take over, without their faces.
  ///   - camera: of all of them.
  init(_ images: [ImageRecord], camera: Camera) {
    var random = SeededRandom(seed: 0xFACE5)
    truth = images.map { image in
      var record = image
      record.camera = camera
      record.faces = [Self.face(&random)]
      return record
    }
  }

  private static func face(_ random: inout SeededRandom) -> Face {
    let corner = SIMD2(random.uniform(60...120), random.uniform(60...120)).rounded(.down)
    let extent = SIMD2(random.uniform(150...250), random.uniform(180...260)).rounded(.down)
    var points = (0..<68).map { _ in
      corner + extent * SIMD2(random.uniform(0.02...0.98), random.uniform(0.02...0.98))
    }
    (points[0].x, points[16].x, points[19].y, points[8].y) = (
      corner.x, corner.x + extent.x, corner.y, corner.y + extent.y
    )
    var face = Face(
      box: BoundingBox(x: corner.x, y: corner.y, width: extent.x, height: extent.y))
    face.landmarks = Landmarks(layout: .ibug68, points: points.map { Landmarks.Point($0) })
    let depth = random.uniform(0.4...0.9)
    face.pose = HeadPose(
      rotationVector: [
        random.uniform(-0.5...0.5), random.uniform(-1...1), random.uniform(-0.4...0.4),
      ],
      translation: depth * SIMD3(random.uniform(-0.2...0.2), random.uniform(-0.2...0.2), 1),
      provenance: .annotation)
    return face
  }

  /// With the vertices of ARKitFace that its camera sees where the landmarks are, all of them in the box.
  func withVertices() -> [ImageRecord] {
    truth.map { record in
      var record = record
      guard let pose = record.faces[0].pose, let camera = record.camera?.intrinsics,
        let landmarks = record.faces[0].landmarks
      else { return record }
      var pixels = Array(repeating: record.faces[0].box.centre, count: ARKitFace.vertexCount)
      for (i, vertex) in ARKitFace.landmarkVertices.enumerated() {
        pixels[vertex] = landmarks[i].position
      }
      let inverse = pose.rotation.transpose
      let vertices = pixels.flatMap { pixel -> [Double] in
        let ray = (pixel - camera.principalPoint) / camera.focalLength
        let point = inverse * (0.5 * SIMD3(ray.x, ray.y, 1) - pose.place)
        return [point.x, -point.y, -point.z]
      }
      record.faces[0].native = .arrays([
        NativeArray(
          name: "verts", dtype: "<f8", shape: [ARKitFace.vertexCount, 3],
          content: .bytes(vertices.littleEndianBytes)),
        NativeArray(
          name: "R_t", dtype: "<f8", shape: [4, 4],
          content: .bytes(Array(repeating: 0.0, count: 16).littleEndianBytes)),
      ])
      return record
    }
  }
}

/// A native form: what of a record it holds, and how exactly.
struct NativeForm: CustomTestStringConvertible, Sendable {
  enum Field: CaseIterable { case size, box, five, sixtyEight, pose, camera }
  enum Camera { case widthPlusHeight, arKitFace }

  var format: String
  /// The arguments of `convert` after the dataset, each path below the exported folder.
  var dataset: String
  var input: [String]
  /// Beyond the images' size.
  var fields: Set<Field>
  var camera = Camera.widthPlusHeight
  /// Of landmarks in pixels, and of poses relative to them.
  var landmarkTolerance = 1e-9
  var poseTolerance = 1e-9

  var testDescription: String { "\(format), \(camera)" }

  static let all: [NativeForm] = [
    NativeForm(
      format: "wider-face", dataset: "wider-face",
      input: ["--annotations", "wider_face_train_bbx_gt.txt"], fields: [.box]),
    NativeForm(
      format: "retinaface", dataset: "wider-face", input: ["--annotations", "label.txt"],
      fields: [.box, .five]),
    NativeForm(
      format: "img2pose-json", dataset: "wider-face",
      input: ["--annotations", "WIDER_train_annotations.txt"], fields: [.box, .five, .sixtyEight]),
    NativeForm(
      format: "img2pose-300w-lp", dataset: "300w-lp",
      input: ["--annotations", "300W_LP_annotations.txt"],
      fields: [.box, .five, .sixtyEight, .pose, .camera]),
    // Pose_Para is float32.
    NativeForm(
      format: "300w-lp", dataset: "300w-lp", input: ["--input", "."],
      fields: [.box, .five, .sixtyEight, .pose, .camera], poseTolerance: 1e-6),
    // So is pt3d_68.
    NativeForm(
      format: "aflw2000", dataset: "aflw2000", input: ["--input", "."],
      fields: [.box, .five, .sixtyEight, .pose, .camera], landmarkTolerance: 5e-5,
      poseTolerance: 1e-6),
    NativeForm(
      format: "biwi", dataset: "biwi", input: ["--input", "."], fields: [.pose, .camera]),
    NativeForm(
      format: "biwi", dataset: "biwi", input: ["--input", "."], fields: [.pose, .camera],
      camera: .arKitFace),
    NativeForm(
      format: "arkitface", dataset: "arkitface", input: ["--input", "."],
      fields: [.box, .five, .sixtyEight, .pose, .camera], camera: .arKitFace),
  ]
}

@Suite("The same faces in every native form")
struct SameFacesTests {
  @Test("read back as the same records, in every field that two forms hold")
  func allForms() throws {
    try withTemporaryDirectory { folder in
      func run(_ arguments: [String]) throws {
        let outcome = try Program.run(arguments + ["--progress", "none"], in: folder)
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      }
      try run(["synth", "arkitface", "--count", "5", "--size", "450x450", "--output", "set"])
      try run(["convert", "arkitface", "--input", "set/perspnet", "--output", "images.jsonl"])
      var read: [(form: NativeForm, records: [ImageRecord])] = []
      for (i, form) in NativeForm.all.enumerated() {
        let images = try records(at: "\(folder)/images.jsonl")
        let camera =
          form.camera == .arKitFace
          ? images[0].camera
          : Camera(
            intrinsics: .widthPlusHeight(FiveFaces.size, FiveFaces.size),
            provenance: .assumedWidthPlusHeight)
        let faces = FiveFaces(images, camera: try #require(camera))
        let source = form.format == "arkitface" ? faces.withVertices() : faces.truth
        var writer = JSONWriter()
        for record in source { record.write(to: &writer) }
        try Data(writer.bytes).write(to: URL(fileURLWithPath: "\(folder)/faces.jsonl"))
        let made = "\(folder)/made\(i)"
        try run([
          "export", "faces.jsonl", "--format", form.format, "--images", "set/perspnet", "--output",
          made, "--allow-lossy",
        ])
        // Text forms hold no images; theirs stay where they are.
        let imagesArgument = form.dataset == "wider-face" || form.input[0] == "--annotations"
        try run(
          ["convert", form.dataset] + [form.input[0], "\(made)/\(form.input[1])"]
            + (imagesArgument ? ["--images", "set/perspnet"] : [])
            + ["--output", "back.jsonl"])
        let back = try records(at: "\(folder)/back.jsonl")
        compare(faces.truth, form, back, form)
        for other in read { compare(other.records, other.form, back, form) }
        read.append((form, back))
      }
      #expect(read.count == NativeForm.all.count)
    }
  }

  private func records(at path: String) throws -> [ImageRecord] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      try Array(line.utf8).withUnsafeBytes { try ImageRecord(json: $0) }
    }
  }

  /// Compares what both forms hold, within what the less exact one keeps.
  private func compare(
    _ left: [ImageRecord], _ one: NativeForm, _ right: [ImageRecord], _ other: NativeForm
  ) {
    #expect(left.count == 5 && right.count == 5)
    let fields = one.fields.intersection(other.fields)
    let pixel = max(one.landmarkTolerance, other.landmarkTolerance)
    let pose = max(one.poseTolerance, other.poseTolerance)
    for (a, b) in zip(left, right) {
      let place: Comment = "\(one.testDescription) and \(other.testDescription), \(a.id)"
      #expect(a.image.width == b.image.width && a.image.height == b.image.height, place)
      guard let (a, b, camera) = bothFaces(a, b, place) else { continue }
      if fields.contains(.box) {
        for corner in [\BoundingBox.left, \.top, \.right, \.bottom] {
          #expect(abs(a.box[keyPath: corner] - b.box[keyPath: corner]) <= pixel, place)
        }
      }
      if fields.contains(.sixtyEight) { expect(a.landmarks, b.landmarks, pixel, place) }
      if fields.contains(.five) {
        // label.txt has three digits behind the point or more, as it is written.
        expect(a.landmarks?.fivePoints, b.landmarks?.fivePoints, pixel, place)
      }
      if fields.contains(.pose) {
        let (first, second) = (a.pose?.extrinsics, b.pose?.extrinsics)
        #expect(first != nil && second != nil, place)
        if let first, let second {
          #expect(first.rotation.angle(to: second.rotation) <= pose, place)
          #expect(length(first.translation - second.translation) <= pose, place)
        }
      }
      if fields.contains(.camera), one.camera == other.camera { #expect(camera, place) }
    }
  }

  private func bothFaces(
    _ a: ImageRecord, _ b: ImageRecord, _ place: Comment
  ) -> (Face, Face, isSameCamera: Bool)? {
    #expect(a.faces.count == 1 && b.faces.count == 1, place)
    guard let first = a.faces.first, let second = b.faces.first else { return nil }
    guard let one = a.camera?.intrinsics, let other = b.camera?.intrinsics else {
      return (first, second, false)
    }
    let gap = (one.focalLength - other.focalLength, one.principalPoint - other.principalPoint)
    return (first, second, abs(gap.0.x) + abs(gap.0.y) + abs(gap.1.x) + abs(gap.1.y) < 1e-9)
  }

  private func expect(
    _ left: Landmarks?, _ right: Landmarks?, _ tolerance: Double, _ place: Comment
  ) {
    #expect(left != nil && left?.count == right?.count, place)
    guard let left, let right, left.count == right.count else { return }
    for i in 0..<left.count {
      let gap = left[i].position - right[i].position
      #expect(max(abs(gap.x), abs(gap.y)) <= tolerance, place)
    }
  }
}
