import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

extension SeededRandom {
  /// The same bytes with one to four faults: a byte changed, a stretch doubled, cut out or overwritten.
  fileprivate mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(4) where !bytes.isEmpty {
      let start = below(bytes.count)
      let end = min(bytes.count, start + 1 + below(12))
      switch below(6) {
      case 0: bytes[start] = UInt8(below(256))
      case 1: bytes[start] ^= 1 << UInt8(below(8))
      case 2: bytes.removeSubrange(start..<end)
      case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
      case 4: for i in start..<end { bytes[i] = below(2) == 0 ? 0xFF : 0x7F }
      default: bytes.removeSubrange(start...)
      }
    }
    return bytes
  }
}

@Suite("Damaged BIWI files")
struct BiwiFuzzTests {
  @Test("10,000 damaged poses are read or refused")
  func poses() {
    var random = TestSupport.SeededRandom(seed: 11)
    var refused = 0
    for _ in 0..<10_000 {
      random.damaged(Array(BiwiFixture.realPose.utf8)).withUnsafeBytes { bytes in
        do throws(BiwiTextProblem) {
          let head = try BiwiPose(text: bytes)
          #expect(head.centre.z > 0 && head.centre.sum().isFinite)
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > 5000 && refused < 10_000)
  }

  @Test("10,000 damaged calibrations are read or refused")
  func calibrations() {
    var random = TestSupport.SeededRandom(seed: 12)
    var refused = 0
    for _ in 0..<10_000 {
      random.damaged(Array(BiwiFixture.realColour.utf8)).withUnsafeBytes { bytes in
        do throws(BiwiTextProblem) {
          let calibration = try BiwiCalibration(text: bytes)
          #expect(calibration.intrinsics.isPlausible)
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > 5000 && refused < 10_000)
  }

  @Test("10,000 damaged depth images are read or refused")
  func depths() {
    var random = TestSupport.SeededRandom(seed: 13)
    var pixels = (0..<192).map { _ in Int16(random.below(1000)) }
    for i in 40..<90 { pixels[i] = 0 }
    let whole = BiwiDepth(width: 16, height: 12, millimetres: pixels).bytes
    var refused = 0
    for _ in 0..<10_000 {
      random.damaged(whole).withUnsafeBytes { bytes in
        do throws(BiwiDepth.Problem) {
          let depth = try BiwiDepth(bytes)
          #expect(depth.millimetres.count == depth.width * depth.height)
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > 5000 && refused < 10_000)
  }

  @Test("each of 500 damaged frames in a folder ends as a record or as an issue")
  func folder() throws {
    var random = TestSupport.SeededRandom(seed: 14)
    try BiwiFixture.with { set in
      for i in 100..<600 {
        let path = "\(set.folder)/hpdb/12/frame_00\(i)"
        let bytes = random.damaged(Array(BiwiFixture.realPose.utf8))
        try Data(bytes).write(to: URL(fileURLWithPath: path + "_pose.txt"))
        try write("", to: path + "_rgb.png")
      }
      let (records, issues) = try set.read()
      let errors = issues.filter { $0.hasPrefix("error") }
      #expect(records.count + errors.count == 501)
      #expect(records.allSatisfy { !$0.faces[0].box.isDegenerate })
    }
  }
}
