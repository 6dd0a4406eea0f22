import Foundation
import Schema
import TestSupport
import Testing

@testable import Datasets

@Suite("training sets of 3DDFA")
struct TDDFAWriterTests {
  private func with(
    count: Int = 12, _ body: ([ImageRecord], String) throws -> Void
  ) throws {
    try MATFaceSet.with(.threeHundredWLP, count: count) { set in
      try body(try TrainingSetFixture.records(count: count, set: set), set.folder + "/out")
    }
  }

  @Test("crops, lists and arrays of both parts, in the records' order, no photo in both")
  func files() throws {
    try with { records, out in
      let written = try TrainingSetFixture.write(records, "3ddfa", to: out) {
        ($0.copies, $0.valShare) = (2, 0.3)
      }
      #expect(written.allSatisfy { $0.isWritten && $0.faces == 1 && $0.leftOut.isEmpty })
      let parts = try ["train", "val"].map {
        try TrainingSetFixture.lines("\(out)/train_aug_120x120.list.\($0)")
      }
      #expect(parts[0].contains { $0.hasPrefix("AFWFlip_AFW_") && $0.hasSuffix("_0_2.jpg") })
      #expect(!parts[1].isEmpty && (parts[0] + parts[1]).count == 2 * records.count)
      func photos(_ names: [String]) -> Set<String> {
        Set(names.map { String($0.split(separator: "_")[2]) })
      }
      #expect(photos(parts[0]).isDisjoint(with: photos(parts[1])))
      for (names, suffix) in zip(parts, ["", "_val"]) {
        let array = try TrainingSetFixture.array("\(out)/param_all_norm\(suffix).npy")
        #expect(array.shape == [names.count, 62])
        for name in names {
          #expect(FileManager.default.fileExists(atPath: "\(out)/train_aug_120x120/\(name)"))
        }
      }
    }
  }

  @Test("whitened numbers are (p - mean) / deviation of the published table")
  func whitened() throws {
    try with(count: 2) { records, out in
      try TrainingSetFixture.write(records, "3ddfa", to: out) { $0.valShare = 0 }
      let z = try TrainingSetFixture.array("\(out)/param_all_norm.npy")
      #expect(z.shape == [2, 62])
      // The first record's first coefficient of shape is 1, of expression too; the second's are 2.
      let table = TDDFAWhitening.first
      for (row, value) in [(0, 1.0), (1, 2.0)] {
        for i in [12, 52] {
          let expected = (value - Double(table.mean[i])) / Double(table.deviation[i])
          #expect(abs(z.numbers[62 * row + i] - expected) < 1e-6)
        }
      }
      let stored = try TrainingSetFixture.array("\(out)/param_whitening.npy")
      #expect(stored.numbers == (table.mean + table.deviation).map(Double.init))
    }
  }

  @Test("synergynet has 40 columns of zeros more")
  func synergyNet() throws {
    try with(count: 2) { records, out in
      try TrainingSetFixture.write(records, "synergynet", to: out) { $0.valShare = 0 }
      let array = try TrainingSetFixture.array("\(out)/param_all_norm_v201.npy")
      #expect(array.shape == [2, 102])
      #expect(array.numbers[0..<62].contains { $0 != 0 })
      #expect(array.numbers[62..<102].allSatisfy { $0 == 0 })
    }
  }

  @Test("records that name both parts keep them, and a photo of both is held out")
  func ownParts() throws {
    try with(count: 12) { records, out in
      var records = records
      // Six images of each of two photos; one image of the first photo is of validation.
      for i in records.indices { records[i].source.split = i == 2 ? "val" : "train" }
      try TrainingSetFixture.write(records, "3ddfa", to: out)
      let held = try TrainingSetFixture.lines("\(out)/train_aug_120x120.list.val")
      #expect(held.count == 6)
    }
  }

  @Test("a computed whitening of numbers that are all equal is refused by the number's name")
  func constant() throws {
    try MATFaceSet.with(.threeHundredWLP, count: 4) { set in
      let records = try set.read(native: .all).records
      #expect(throws: RejectedWhitening.self) {
        try TrainingSetFixture.write(records, "3ddfa", to: set.folder + "/out") {
          $0.whitening = .computed
        }
      }
      var moments = TDDFAMoments()
      for _ in 0..<3 { moments.add([Double](repeating: 1, count: 62)) }
      let error = #expect(throws: RejectedWhitening.self) { try moments.whitening() }
      #expect(
        error?.description.contains("P[0][0]: expected a deviation above 0, found 1.0") == true)
    }
  }

  @Test("computed means and deviations are those of the train list")
  func moments() throws {
    var moments = TDDFAMoments()
    let rows = [1.0, 4, 10].map { value in (0..<62).map { value * Double($0 + 1) } }
    for row in rows { moments.add(row) }
    for row in rows { moments.addSquares(row) }
    let whitening = try moments.whitening()
    #expect(whitening.mean[1] == 10)
    #expect(abs(whitening.deviation[0] - Float(14.0.squareRoot())) < 1e-6)
  }

  @Test("the same seed gives the same crops, another one others, and the first copy is plain")
  func seeds() throws {
    try with(count: 2) { records, out in
      func rows(_ name: String, seed: UInt64) throws -> [String] {
        try TrainingSetFixture.write(records, "3ddfa", to: out + name) {
          ($0.copies, $0.seed, $0.valShare) = (3, seed, 0)
        }
        return try TrainingSetFixture.lines(out + name + "/crops.jsonl")
      }
      let first = try rows("a", seed: 1)
      #expect(try rows("b", seed: 1) == first)
      let other = try rows("c", seed: 2)
      #expect(other[0] == first[0] && other[1] != first[1] && other[2] != first[2])
      #expect(first.count == 6 && Set(first).count == 6)
    }
  }
}
