import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("300W-LP and AFLW2000-3D")
struct MATFaceReadingTests {
  @Test("the truth is read back, field for field", arguments: MATFaceSet.Form.allCases)
  func truth(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form, count: 28) { set in
      let reading = try set.read(native: .none)
      #expect(reading.texts == [])
      var truth = set.truth
      // No image was looked at.
      for i in truth.indices {
        (truth[i].image.width, truth[i].image.height, truth[i].image.format) = (nil, nil, nil)
      }
      #expect(reading.records.sorted { $0.id < $1.id } == truth)
    }
  }

  @Test("images of another size get their own camera, and poses their place before it")
  func otherSize() throws {
    for form in MATFaceSet.Form.allCases {
      try MATFaceSet.with(form, count: 6, width: 620, height: 380) { set in
        let records = try set.read(native: .none).records.sorted { $0.id < $1.id }
        for (found, truth) in zip(records, set.truth) {
          var record = found
          WeakPerspectiveLift.adapt(&record, width: 620, height: 380)
          #expect(record.camera == truth.camera)
          let (face, other) = (record.faces[0], truth.faces[0])
          #expect(face.pose?.rotationVector == other.pose?.rotationVector)
          let distance = try #require(face.pose).place - #require(other.pose).place
          #expect(length(distance) < 1e-12)
          for i in 0..<68 {
            let gap =
              try #require(face.landmarks)[i].position - #require(other.landmarks)[i].position
            #expect(abs(gap.x) + abs(gap.y) < 1e-9)
          }
          #expect(abs(face.box.left - other.box.left) < 1e-9)
        }
      }
    }
  }

  @Test("pt3d_68 counts from 1, records from 0")
  func oneBased() throws {
    try MATFaceSet.with(.aflw2000, count: 1) { set in
      let arrays = try matArrays(at: set.root + "/image00002.mat")
      let stored = try #require(arrays.first { $0.name == "pt3d_68" }).doubles
      let landmarks = try #require(try set.read().records[0].faces[0].landmarks)
      for i in 0..<68 {
        #expect(landmarks[i].position == SIMD2(stored[i] - 1, stored[68 + i] - 1))
      }
    }
  }

  @Test("mirrored copies have the original's points, mirrored and in the places of their pairs")
  func flips() throws {
    try MATFaceSet.with(.threeHundredWLP, count: 4) { set in
      let records = try set.read().records
      let original = try #require(records.first { $0.image.path == "AFW/AFW_1000000_1_0.jpg" })
      let flip = try #require(records.first { $0.image.path == "AFW_Flip/AFW_1000000_1_0.jpg" })
      let (one, other) = try (
        #require(original.faces[0].landmarks), #require(flip.faces[0].landmarks)
      )
      for (i, j) in [(0, 16), (8, 8), (17, 26), (27, 27), (36, 45), (41, 46), (60, 64), (67, 65)] {
        #expect(other[j].position == SIMD2(449 - one[i].position.x, one[i].position.y))
      }
      #expect(flip.faces[0].box.left == 449 - original.faces[0].box.right)
      #expect(flip.faces[0].other("flip") == .boolean(true))
      #expect(original.faces[0].other("flip") == nil)
      #expect(original.faces[0].other("source_photo") == .text("AFW_1000000_1"))
      #expect(flip.faces[0].other("source_photo") == .text("AFW_1000000_1"))
      // R becomes D R D.
      let (a, b) = try (
        #require(original.faces[0].pose).rotation,
        #require(flip.faces[0].pose).rotation
      )
      let mirrored = Rotation(
        rows: a.rows.0 * [1, -1, -1], a.rows.1 * [-1, 1, 1], a.rows.2 * [-1, 1, 1])
      #expect(mirrored.angle(to: b) < 1e-9)
    }
  }

  @Test("without the landmarks folder pt2d is used, and said to be a contour")
  func contour() throws {
    try MATFaceSet.with(.threeHundredWLP, count: 2) { set in
      try FileManager.default.removeItem(atPath: set.root + "/landmarks")
      let reading = try set.read()
      #expect(reading.texts == [])
      for record in reading.records {
        #expect(record.faces[0].other("contour-jaw") == .boolean(true))
        let file = try matArrays(at: set.root + "/" + (record.source.file ?? ""))
        let stored = try #require(file.first { $0.name == "pt2d" }).doubles
        let last = try #require(record.faces[0].landmarks)[67].position
        #expect(last == SIMD2(stored[67] - 1, stored[135] - 1))
      }
    }
  }

  @Test("without it the user's tables give the landmarks", arguments: ["txt", "npy"])
  func rebuilt(form: String) throws {
    try MATFaceSet.with(.threeHundredWLP, count: 2, height: 380) { set in
      let known = try set.read().records[0]
      let file = try #require(known.source.file)
      try FileManager.default.removeItem(atPath: set.root + "/landmarks")
      // The first coefficient of each kind moves the whole face along one of the model's axes.
      let mean = MATFaceSet.model.flatMap { [1e6 * $0.x, -1e6 * $0.y, -1e6 * $0.z] }
      let names: [String: [Double]] = [
        "u_base": mean, "w_shp_base": mean.indices.map { $0 % 3 == 0 ? 0.5 : 0 },
        "w_exp_base": mean.indices.map { $0 % 3 == 1 ? 2 : 0 },
      ]
      for (name, numbers) in names {
        try writeTable(numbers, to: "\(set.folder)/\(name).\(form)")
      }
      let (shape, expression) = (30_000.0, -7000.0)
      try set.edit(file) { arrays in
        for (name, value) in [("Shape_Para", shape), ("Exp_Para", expression)] {
          let i = try #require(arrays.firstIndex { $0.name == name })
          let rows = arrays[i].rows
          arrays[i] = MATArray(
            name: name, doubles: [value] + Array(repeating: 0, count: rows - 1), rows: rows,
            columns: 1)
        }
      }
      var options = ReadingOptions(dataset: "300w-lp")
      options.landmarkModel = try MorphableLandmarks(folder: set.folder)
      var source = try ThreeHundredWLP.annotations(
        in: FileTree(path: set.root), options: options)
      var record = try #require(try source.next()?.record)
      WeakPerspectiveLift.adapt(&record, width: 450, height: 380)
      let face = record.faces[0]
      #expect(face.other("rebuilt-landmarks") == .boolean(true))
      #expect(face.other("contour-jaw") == nil)
      let rows = try #require(face.pose).rotation.rows
      let scale = try #require(
        matArrays(at: "\(set.root)/\(file)").first { $0.name == "Pose_Para" }
      )
      .doubles[6]
      let moved =
        SIMD2(
          rows.0.x * 0.5 * shape - rows.0.y * 2 * expression,
          rows.1.x * 0.5 * shape - rows.1.y * 2 * expression) * scale
      let points = try #require(face.landmarks)
      for i in 0..<68 {
        let gap = points[i].position - (try #require(known.faces[0].landmarks)[i].position + moved)
        #expect(abs(gap.x) + abs(gap.y) < 1e-9)
      }
      #expect(abs(face.box.top - (known.faces[0].box.top + moved.y)) < 1e-9)
    }
  }

  private func writeTable(_ numbers: [Double], to path: String) throws {
    let bytes =
      path.hasSuffix("txt")
      ? Array(numbers.map { "\($0)" }.joined(separator: "\n").utf8)
      : npyFile(
        header: "{'descr': '<f8', 'fortran_order': False, 'shape': (204, 1), }",
        data: numbers.flatMap { number in
          (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64($0))) }
        })
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test("tables that are none are refused by name")
  func badTables() throws {
    try withTemporaryDirectory { folder in
      for name in ["u_base", "w_shp_base", "w_exp_base"] {
        try writeTable(Array(repeating: 5000, count: 204), to: "\(folder)/\(name).txt")
      }
      _ = try MorphableLandmarks(folder: folder)
      func message() -> String {
        do {
          _ = try MorphableLandmarks(folder: folder)
          return "no error"
        } catch { return "\(error)" }
      }
      try Data("1 2\n3 x\n".utf8).write(to: URL(fileURLWithPath: folder + "/w_exp_base.txt"))
      #expect(message() == "w_exp_base.txt:2: expected numbers, found 'x'")
      try Data("1 2\n3\n".utf8).write(to: URL(fileURLWithPath: folder + "/w_exp_base.txt"))
      #expect(message() == "w_exp_base.txt: expected 204 rows of numbers, found 3 numbers")
      try writeTable(Array(repeating: 0.05, count: 204), to: folder + "/u_base.txt")
      try writeTable(Array(repeating: 1, count: 204), to: folder + "/w_exp_base.txt")
      #expect(
        message()
          == "u_base: expected the Basel face model's unit of 1e-6 m, found a larger one")
    }
  }

  @Test("faces beyond 99 degrees are marked")
  func exclusion() throws {
    try MATFaceSet.with(.aflw2000, count: 14) { set in
      let marks = try set.read().records.map { $0.faces[0].other("within_99_degrees") }
      #expect(marks.filter { $0 == .boolean(false) }.count == 1)
      #expect(marks[12] == .boolean(false))
      var options = ReadingOptions(dataset: "aflw2000")
      options.testProtocol = .img2pose
      var source = try AFLW2000.annotations(in: FileTree(path: set.root), options: options)
      var outcomes: [Outcome] = []
      while let outcome = try source.next() { outcomes.append(outcome) }
      #expect(outcomes.compactMap(\.record).count == 13)
      #expect(outcomes[12].isOutsideProtocol)
    }
  }

  @Test("a zip is read in place, at whatever depth, without Code and hidden files")
  func archive() throws {
    try MATFaceSet.with(.aflw2000, count: 2) { set in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: set.root + "/image00002.mat"))
      for other in ["Code/ModelGeneration.mat", "._image00002.mat", "__MACOSX/x.mat"] {
        try write("", to: "\(set.root)/\(other)")
        try bytes.write(to: URL(fileURLWithPath: "\(set.root)/\(other)"))
      }
      #expect(
        try set.read(at: set.folder).records.map(\.id) == [
          "aflw2000/AFLW2000/image00002", "aflw2000/AFLW2000/image00003",
        ])
    }
  }
}

@Suite("Faults of 300W-LP and AFLW2000-3D")
struct MATFaceFaultTests {
  @Test("each fault is said with its file, and other images are read")
  func faults() throws {
    try MATFaceSet.with(.aflw2000, count: 12) { set in
      func pose(_ numbers: [Double], columns: Int) -> MATArray {
        MATArray(name: "Pose_Para", floats: numbers, rows: 1, columns: columns)
      }
      func edit(_ name: String, _ array: MATArray) throws {
        try set.edit(name) { arrays in
          arrays.removeAll { $0.name == array.name }
          arrays.append(array)
        }
      }
      try set.damage("image00002.mat") { $0.removeLast(100) }
      try set.damage("image00003.mat") { $0 = [] }
      try edit("image00004.mat", pose([0, 0, 0, 1, 1, 1], columns: 6))
      try edit("image00005.mat", pose([0, .nan, 0, 1, 1, 1, 0.001], columns: 7))
      try edit("image00006.mat", pose([0, 0, 0, 1, 1, 1, 0], columns: 7))
      try set.edit("image00007.mat") { $0.removeAll { $0.name == "pt3d_68" } }
      try edit("image00008.mat", MATArray(name: "roi", int16s: [1], rows: 1, columns: 1))
      try edit(
        "image00009.mat",
        MATArray(name: "Pose_Para", int16s: .init(repeating: 1, count: 7), rows: 1, columns: 7))
      try set.edit("image00010.mat") { arrays in
        guard let i = arrays.firstIndex(where: { $0.name == "pt3d_68" }) else { return }
        var numbers = arrays[i].doubles
        numbers[3] = .nan
        arrays[i] = MATArray(name: "pt3d_68", floats: numbers, rows: 3, columns: 68)
      }
      try FileManager.default.removeItem(atPath: set.root + "/image00011.mat")
      let reading = try set.read()
      #expect(
        reading.texts == [
          "error: image00002.mat: variable 9: expected a whole one, found the file's end",
          "error: image00003.mat: expected a MATLAB v5 file, found 0 bytes",
          "error: image00004.mat: Pose_Para: expected 1 x 7 numbers, found 1 x 6 float32",
          "error: image00005.mat: Pose_Para: expected finite numbers, found [0.0, nan, 0.0, 1.0, 1.0, 1.0, 0.0010000000474974513]",
          "error: image00006.mat: Pose_Para: expected a scale above 0, found 0.0",
          "error: image00007.mat: pt3d_68: expected 3 x 68 numbers, found none",
          "warning: image00008.mat: roi: expected 1 x 4 numbers, found 1 x 1 int16",
          "error: image00009.mat: Pose_Para: expected 1 x 7 floating-point numbers, found 1 x 7 int16",
          "warning: image00010.mat: pt3d_68: expected 68 finite points, found 67",
          "error: image00011.jpg: expected 'image00011.mat' beside the image, found none",
        ])
      #expect(
        reading.records.map(\.image.path)
          == [8, 10, 12, 13].map {
            "image000\($0 < 10 ? "0" : "")\($0).jpg"
          })
      #expect(reading.records[1].faces[0].landmarks?[3].visibility == .missing)
    }
  }

  @Test("broken landmarks fall back on pt2d; landmarks and trees without faces are named")
  func landmarks() throws {
    try MATFaceSet.with(.threeHundredWLP, count: 1) { set in
      try set.damage("landmarks/AFW/AFW_1000000_1_0_pts.mat") { $0.removeLast() }
      try FileManager.default.copyItem(
        atPath: set.root + "/landmarks/AFW/AFW_1000000_1_0_pts.mat",
        toPath: set.root + "/landmarks/AFW/AFW_1_1_0_pts.mat")
      let reading = try set.read()
      #expect(
        reading.texts == [
          "warning: AFW/AFW_1000000_1_0.mat: landmarks/AFW/AFW_1000000_1_0_pts.mat: variable 1: expected a whole one, found the file's end; pt2d is used instead",
          "error: landmarks/AFW/AFW_1_1_0_pts.mat: expected 'AFW/AFW_1_1_0.mat' for these landmarks, found none",
        ])
      #expect(reading.records[0].faces[0].other("contour-jaw") == .boolean(true))
    }
    try withTemporaryDirectory { folder in
      let reading = try MATFaceReading(.aflw2000, at: folder)
      #expect(reading.records.isEmpty)
      #expect(reading.texts.count == 1)
      #expect(
        reading.texts.first?.hasSuffix("expected a .mat file for each image, found none") == true)
    }
  }
}
