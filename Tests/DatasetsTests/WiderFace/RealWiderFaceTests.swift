import Datasets
import Geometry
import Schema
import TestSupport
import Testing

private let folder = sharedData.map { $0 + "/wider_face/annotations" } ?? ""

private func read(_ name: String) throws -> Reading {
  var options = ReadingOptions.wider
  options.native = .none
  return try Reading(at: ["\(folder)/\(name)"], in: folder, options: options)
}

/// The whole .mat, read once for all tests.
private let wholeMAT = Result { try read("wider_face_val.mat") }

@Suite("Real WIDER FACE val annotations", .enabled(if: sharedData != nil, "needs ../shared/data"))
struct RealWiderFaceTests {
  @Test("text and .mat agree box for box and flag for flag, negative width included")
  func textEqualsMAT() throws {
    let text = try read("wider_face_val_bbx_gt.first1062.txt")
    let mat = try wholeMAT.get()
    #expect(text.records.count == 1062)
    #expect(mat.records.count == 3226)
    #expect(text.records.map(\.image.path) == mat.records.prefix(1062).map(\.image.path))
    #expect(text.records.map(\.faces) == mat.records.prefix(1062).map(\.faces))
    #expect(text.issues.allSatisfy { $0.code == .degenerateBox })
  }

  @Test("has four images without a face, seven degenerate boxes and 585 invalid faces")
  func oddities() throws {
    let mat = try wholeMAT.get()
    let faces = mat.records.flatMap(\.faces)
    #expect(faces.count == 39_704)
    #expect(
      mat.records.filter(\.faces.isEmpty).map(\.image.path).sorted() == [
        "0--Parade/0_Parade_Parade_0_275.jpg",
        "37--Soccer/37_Soccer_soccer_ball_37_281.jpg",
        "50--Celebration_Or_Party/50_Celebration_Or_Party_houseparty_50_715.jpg",
        "7--Cheering/7_Cheering_Cheering_7_426.jpg",
      ])
    #expect(faces.count { $0.attributes.degenerate == true } == 7)
    #expect(mat.issues.map(\.code) == Array(repeating: .degenerateBox, count: 7))
    #expect(faces.contains { $0.box.width == -2 && $0.box.height == 23 })
    #expect(faces.count { $0.attributes.invalid == true } == 585)
  }

  @Test("the histograms of the flags are the published file's")
  func histograms() throws {
    let attributes = try wholeMAT.get().records.flatMap { $0.faces.map(\.attributes) }
    // The four dummy rows, which count as zeros in FORMATS, are no faces here.
    #expect((0...2).map { level in attributes.count { $0.blur == level } } == [5682, 10381, 23641])
    #expect((0...1).map { level in attributes.count { $0.pose == level } } == [38049, 1655])
    #expect(
      (0...2).map { level in attributes.count { $0.occlusion == level } } == [23808, 7185, 8711])
  }

  @Test(
    "each level keeps its published number of faces",
    arguments: [("easy", 7211), ("medium", 13_319), ("hard", 31_958)])
  func levels(name: String, count: Int) throws {
    let reading = try read("wider_\(name)_val.mat")
    let kept = reading.records.flatMap(\.faces).filter { face in
      [face.attributes.easy, face.attributes.medium, face.attributes.hard].contains(true)
    }
    #expect(kept.count == count)
    #expect(kept.allSatisfy { $0.attributes.invalid == false })
  }
}
