import Codecs
import Foundation
import Labelling
import Schema
import TestSupport
import Testing

/// Files of one test, and what reading them says.
private struct Files {
  let folder: String

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func put(_ bytes: [UInt8], as name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  func putVertices(_ points: [SIMD3<Double>], as name: String) throws {
    try write(
      points.map { "v \($0.x) \($0.y) \($0.z)\n" }.joined(), to: path(name))
  }

  /// The error of a model, without the folder.
  func refusal(
    _ name: String, indices: String? = nil, unit: Double = 1, axes: FaceModel.Axes = .opencv
  ) -> (text: String, remedy: FaceModelError.Remedy?) {
    do {
      _ = try FaceModel(
        contentsOf: path(name), indices: indices.map(path), metresPerUnit: unit, axes: axes)
      return ("accepted", nil)
    } catch {
      return (
        "\(error)".replacing(folder + "/", with: ""), (error as? FaceModelError)?.remedy
      )
    }
  }

  static func with(_ body: (Files) throws -> Void) throws {
    try withTemporaryDirectory { try body(Files(folder: $0)) }
  }
}

private let bfm = FaceModel.bfm68Points

@Suite("Face models from files")
struct FaceModelFileTests {
  @Test("an array of 5, 68 or 468 points is a model, in either order of elements")
  func arrays() throws {
    try Files.with { files in
      for model in [FaceModel.bfmFivePoints, bfm, .faceMesh] {
        let count = model.points.count
        let rows = model.points.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
        let columns = (0..<3).flatMap { axis in model.points.map { Float($0[axis]) } }
        for (values, isFortran) in [(rows, false), (columns, true)] {
          try files.put(
            npyFile(values, shape: "(\(count), 3)", isFortranOrder: isFortran), as: "head.npy")
          let read = try FaceModel(contentsOf: files.path("head.npy"))
          #expect(read.layout == model.layout && read.name == "head.npy" && read.frame == .user)
          for (point, expected) in zip(read.points, model.points) {
            #expect(((point - expected) * (point - expected)).sum() < 1e-14)
          }
        }
      }
    }
  }

  @Test("a mesh in millimetres and OpenGL's axes with an index file is the same face")
  func mesh() throws {
    try Files.with { files in
      // Each landmark is every second vertex.
      let vertices: [SIMD3<Double>] = bfm.points.flatMap {
        [SIMD3(9, 9, 9), $0 * SIMD3(1000, -1000, -1000)]
      }
      try files.putVertices(vertices, as: "head.obj")
      let list = (0..<68).map { "\(2 * $0 + 1)" + ($0 % 10 == 9 ? " # to \($0)\n" : ", ") }.joined()
      try write("\u{FEFF}# iBUG\r\n" + list, to: files.path("ibug.txt"))
      var indices: [UInt8] = []
      for i in 0..<68 { indices += [UInt8(2 * i + 1), 0] }
      try files.put(
        npyFile(
          header: "{'descr': '<u2', 'fortran_order': False, 'shape': (68,), }", data: indices),
        as: "ibug.npy")
      for name in ["ibug.txt", "ibug.npy"] {
        let read = try FaceModel(
          contentsOf: files.path("head.obj"), indices: files.path(name), metresPerUnit: 0.001,
          axes: .opengl, frame: .arkit)
        #expect(read.layout == .ibug68 && read.frame == .arkit)
        #expect(abs(read.interocularDistance - bfm.interocularDistance) < 1e-12)
        #expect(zip(read.points, bfm.points).allSatisfy { (($0 - $1) * ($0 - $1)).sum() < 1e-24 })
      }
    }
  }

  @Test("a number of points that is no layout asks for an index file")
  func counts() throws {
    try Files.with { files in
      try files.putVertices(Array(repeating: .zero, count: 6918), as: "head.obj")
      let (text, remedy) = files.refusal("head.obj")
      #expect(
        text
          == "head.obj: face model: expected 5, 68 or 468 points, found 6918; name the landmarks' vertices with an index file"
      )
      #expect(remedy == .indices)
      try files.putVertices(Array(repeating: .zero, count: 2), as: "head.stl")
      #expect(
        files.refusal("head.stl").text == "head.stl: face model: expected a .npy, .obj or .ply file"
      )
      #expect(files.refusal("none.obj").text == "none.obj: open: No such file or directory")
    }
  }

  @Test("an array of another shape or type is named")
  func arrayFaults() throws {
    try Files.with { files in
      let values = Array(repeating: Float(1), count: 15)
      try files.put(npyFile(values, shape: "(3, 5)"), as: "a.npy")
      #expect(
        files.refusal("a.npy").text
          == "a.npy: face model: expected an array of shape (N, 3), found (3, 5); transpose it")
      try files.put(npyFile(values, shape: "(15,)"), as: "a.npy")
      #expect(
        files.refusal("a.npy").text
          == "a.npy: face model: expected an array of shape (N, 3), found (15,)")
      let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (5, 3), }"
      try files.put(npyFile(header: header, data: Array(repeating: 1, count: 15)), as: "a.npy")
      #expect(
        files.refusal("a.npy").text
          == "a.npy: face model: expected float32 or float64 coordinates, found uint8")
    }
  }

  @Test(
    "an index file's faults are named with their lines",
    arguments: [
      ("0 1\n2 3 9", "i.txt:2: landmark 4: expected a vertex from 0 to 4, found 9"),
      ("0 1 2 3 -1", "i.txt:1: landmark 4: expected a vertex from 0 to 4, found -1"),
      ("0,1,2\n\n3,1", "i.txt:3: landmark 4: expected a vertex of its own, found landmark 1's, 1"),
      ("0 1 2 3", "i.txt: landmarks: expected 5 or 68 vertices, found 4"),
      ("", "i.txt: landmarks: expected 5 or 68 vertices, found 0"),
      ("0 1\n2 3.0 4", "i.txt:2: landmarks: expected 0-based vertices, found '3.0'"),
    ])
  func indexFaults(text: String, message: String) throws {
    try Files.with { files in
      try files.putVertices(FaceModel.bfmFivePoints.points, as: "head.obj")
      try write(text, to: files.path("i.txt"))
      #expect(files.refusal("head.obj", indices: "i.txt").text == message)
    }
  }

  @Test("inner lips of a closed mouth may share vertices, other landmarks may not")
  func sharedVertices() throws {
    try Files.with { files in
      try files.putVertices(bfm.points, as: "head.obj")
      var list = Array(0..<68)
      (list[60], list[65]) = (48, 63)
      try write(list.map(String.init).joined(separator: "\n"), to: files.path("i.txt"))
      #expect(files.refusal("head.obj", indices: "i.txt").text == "accepted")
      list[59] = 48
      try write(list.map(String.init).joined(separator: "\n"), to: files.path("i.txt"))
      #expect(
        files.refusal("head.obj", indices: "i.txt").text
          == "i.txt:60: landmark 59: expected a vertex of its own, found landmark 48's, 48")
    }
  }

  @Test("points that are not finite, in one place or on one line are refused")
  func shapes() throws {
    try Files.with { files in
      var points = FaceModel.bfmFivePoints.points
      points[2].y = .nan
      try files.putVertices(points, as: "head.obj")
      #expect(
        files.refusal("head.obj").text.hasPrefix(
          "head.obj: point 2: expected finite coordinates, found (0.00147"))
      try files.putVertices(Array(repeating: SIMD3(0.1, 0.2, 0.3), count: 5), as: "head.obj")
      #expect(
        files.refusal("head.obj").text
          == "head.obj: face model: expected points that span a face, found all in one place")
      try files.putVertices((0..<5).map { SIMD3(0.1, 0.2, 0.3) * Double($0) }, as: "head.obj")
      #expect(
        files.refusal("head.obj").text
          == "head.obj: face model: expected points that span a face, found all on one line")
    }
  }

  @Test(
    "an implausible interocular distance asks for the unit",
    arguments: [
      (1000, "found 61.8 m; is the unit millimetres (scale 0.001)?", 0.001),
      (100, "found 6.18 m; is the unit centimetres (scale 0.01)?", 0.01),
      (10, "found 61.8 cm; is the unit 0.1 m?", 0.1),
      (1e6, "found 61.8 km; is the unit micrometres (scale 1e-06)?", 1e-6),
      (0.0317, "found 1.96 mm", nil),
    ] as [(Double, String, Double?)])
  func units(scale: Double, message: String, unit: Double?) throws {
    try Files.with { files in
      try files.putVertices(bfm.points.map { $0 * scale }, as: "head.obj")
      let (text, remedy) = files.refusal("head.obj")
      #expect(
        text == "head.obj: face model: expected an interocular distance from 3 to 12 cm, \(message)"
      )
      #expect(remedy == unit.map { .unit(metres: $0) })
      if let unit { #expect(files.refusal("head.obj", unit: unit).text == "accepted") }
      // A wrong unit that was given is as wrong as a default one.
      try files.putVertices(bfm.points, as: "head.obj")
      #expect(
        files.refusal("head.obj", unit: 0.001).text
          == "head.obj: face model: expected an interocular distance from 3 to 12 cm, found 61.8 µm; is the unit metres (scale 1.0)?"
      )
    }
  }

  @Test("axes that do not fit are named, and those that would")
  func axes() throws {
    try Files.with { files in
      let five = FaceModel.bfmFivePoints.points
      try files.putVertices(five.map { $0 * [1, -1, -1] }, as: "head.obj")
      let (text, remedy) = files.refusal("head.obj")
      #expect(
        text
          == "head.obj: face model: expected the nose tip in front of the eyes, found it 3.58 cm behind them; axes opengl (x right, y up, z toward the viewer) would fit"
      )
      #expect(remedy == .axes(.opengl))
      #expect(files.refusal("head.obj", axes: .opengl).text == "accepted")
      try files.putVertices(five, as: "head.obj")
      #expect(
        files.refusal("head.obj", axes: .opengl).text
          == "head.obj: face model: expected the nose tip in front of the eyes, found it 3.58 cm behind them; axes opencv (x right, y down, z away from the camera) would fit"
      )
      let neither = "neither axes fit, so turn the model or look at its points' order"
      try files.putVertices(five.map { $0 * [1, -1, 1] }, as: "head.obj")
      #expect(
        files.refusal("head.obj").text
          == "head.obj: face model: expected the mouth below the eyes, found it 6.78 cm above them; \(neither)"
      )
      try files.putVertices([five[1], five[0], five[2], five[4], five[3]], as: "head.obj")
      #expect(
        files.refusal("head.obj").text
          == "head.obj: face model: expected the image-left eye first, found it 6.23 cm right of the other; \(neither)"
      )
    }
  }
}
