import Datasets
import Schema
import Testing

@Suite("Names of points")
struct PointMapTests {
  @Test(
    "eyes, nose and mouth are known by many names",
    arguments: [
      ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"],
      ["l_eye", "r_eye", "nose_tip", "l_mouth", "r_mouth"],
      ["leftEye", "rightEye", "noseTip", "mouthLeft", "mouthRight"],
      ["leye", "reye", "Nose", "left_mouth_corner", "right mouth corner"],
      ["Auge links", "Auge rechts", "Nase", "Mund links", "Mund rechts"],
      ["oeil_gauche", "oeil_droit", "nez", "bouche_gauche", "bouche_droite"],
      ["左眼", "右眼", "鼻", "左嘴", "右嘴"],
      ["left_pupil", "right_pupil", "nose", "lip_left", "lip_right"],
    ])
  func languages(names: [String]) throws {
    let map = try #require(PointMap(names: names))
    #expect(map.layout == .face5 && map.places == [0, 1, 2, 3, 4] && map.hasSides)
  }

  @Test("order does not matter, and corners, brows and ears are other points")
  func others() throws {
    let names = [
      "nose", "right_mouth", "left_eye_inner", "left_eye", "left_ear", "right_eye", "right_eyebrow",
      "left_mouth",
    ]
    let map = try #require(PointMap(names: names))
    #expect(map.places == [3, 5, 0, 7, 1])
    #expect(map.others == [2, 4, 6])
  }

  @Test("a body's points are no face's")
  func body() {
    let body = ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder"]
    #expect(PointMap(names: body) == nil)
    #expect(PointMap(count: 17) == nil)
  }

  @Test("numbers name 68 points from 0 or from 1, in any order and with gaps")
  func numbers() throws {
    let padded = (0..<68).map { "lm_" + ($0 < 10 ? "0" : "") + "\($0)" }
    #expect(PointMap(names: padded)?.places == (0..<68).map { $0 })
    let shuffled = (1...68).map(String.init).sorted()
    let map = try #require(PointMap(names: shuffled))
    #expect(map.layout == .ibug68 && !map.hasSides)
    #expect((0..<68).allSatisfy { shuffled[map.places[$0]!] == "\($0 + 1)" })
    let some = try #require(PointMap(names: padded.filter { $0 != "lm_07" }))
    #expect(some.places[7] == nil && some.places[8] == 7)
    #expect(PointMap(names: ["1", "2", "3", "4", "5"])?.layout == .face5)
    #expect(PointMap(names: ["1", "1", "3", "4", "5"]) == nil)
  }

  @Test("a user's map comes first, and an unknown meaning is refused")
  func renames() throws {
    let names = try PointNames([("a", "left_eye"), ("b", "right_eye"), ("left_eye", "nose")])
    let map = try #require(
      PointMap(names: ["left_eye", "b", "a", "left_mouth", "right_mouth"], renames: names))
    #expect(map.places == [2, 1, 0, 3, 4])
    #expect(throws: UnknownPointName.self) { try PointNames([("a", "forehead")]) }
  }
}

@Suite("Which side is left")
struct SideVoteTests {
  private func face(left: Double, right: Double) -> Landmarks {
    var face = Landmarks(layout: .face5)
    face[0] = Landmarks.Point(SIMD2(left, 0))
    face[1] = Landmarks.Point(SIMD2(right, 0))
    return face
  }

  @Test("the majority decides, and a tenth of others is a doubt")
  func majority() {
    let vote = SideVote()
    #expect(vote.majority == nil)
    for _ in 0..<9 { vote.count(face(left: 5, right: 1)) }
    #expect(vote.majority == .subject)
    #expect(vote.doubt(in: SourceLocation(file: "a")) == nil)
    vote.count(face(left: 1, right: 5))
    #expect(vote.majority == .subject)
    #expect(vote.doubt(in: SourceLocation(file: "a"))?.code == .mixedSides)
  }

  @Test("a face without two eyes votes by its mouth, one without either not at all")
  func mouth() {
    let vote = SideVote()
    var face = Landmarks(layout: .face5)
    face[0] = Landmarks.Point(SIMD2(9, 0))
    vote.count(face)
    #expect(vote.majority == nil)
    face[3] = Landmarks.Point(SIMD2(1, 0))
    face[4] = Landmarks.Point(SIMD2(2, 0))
    vote.count(face)
    #expect(vote.majority == .image)
  }
}
