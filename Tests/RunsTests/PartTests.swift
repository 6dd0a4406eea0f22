import Datasets
import Schema
import TestSupport
import Testing

@testable import Runs

@Suite("Parts of a run")
struct PartTests {
  @Test("parts follow each other, cover all entries and differ by one at most")
  func entries() throws {
    for total in [0, 1, 2, 7, 60, 1_000_003] {
      for count in [1, 2, 7, 8, 64] {
        let ranges = try (0..<count).map {
          try #require(PartNumber($0, of: count)).entries(of: total)
        }
        #expect(ranges.first?.lowerBound == 0)
        #expect(ranges.last?.upperBound == total)
        for (one, next) in zip(ranges, ranges.dropFirst()) {
          #expect(one.upperBound == next.lowerBound)
        }
        let sizes = ranges.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      }
    }
  }

  @Test("a part is read from what is typed and from its files' names")
  func numbers() throws {
    let part = try #require(PartNumber(text: "3/8"))
    #expect((part.index, part.count, part.suffix) == (3, 8, "-00003-of-00008"))
    #expect(PartNumber(suffix: "-00003-of-00008") == part)
    for text in ["8/8", "-1/8", "3", "3/", "/8", "3/8/1", "3/0", "0/100000", "a/b", "3 /8"] {
      #expect(PartNumber(text: text) == nil, "\(text)")
    }
    for suffix in ["-3-of-8", "-00003-of-00003", "00003-of-00008", "-00003-of-00008x"] {
      #expect(PartNumber(suffix: Substring(suffix)) == nil, "\(suffix)")
    }
    for ending in ["", ".lmdb", ".part.json", ".jsonl", ".issues.jsonl", ".hashes.npy"] {
      #expect(PartNumber.prefix(ofFile: "out/train-00003-of-00008" + ending) == "out/train")
    }
    #expect(PartNumber.prefix(ofFile: "out/train") == "out/train")
    #expect(PartNumber.prefix(ofFile: "-00003-of-00008") == "-00003-of-00008")
  }

  @Test("numbers are told as ranges")
  func ranges() {
    #expect(PartSurvey.ranges([]) == "")
    #expect(PartSurvey.ranges([3, 5, 17, 18, 19, 20]) == "3,5,17-20")
    #expect(PartSurvey.ranges([0, 1]) == "0-1")
  }

  /// A source of so many entries, each an issue that says its number.
  private struct Numbers: AnnotationSource {
    var count: Int
    var position = 0
    var size: Int { count }

    mutating func next() throws -> Outcome? {
      guard position < count else { return nil }
      position += 1
      let issue = RecordIssue(
        .malformedRecord, at: SourceLocation(file: "numbers", line: position), "")
      return Outcome(record: nil, issues: [issue])
    }
  }

  private func lines(_ source: PartSource) throws -> [Int?] {
    var (source, lines) = (source, [Int?]())
    while let outcome = try source.next() { lines += outcome.issues.map(\.location.line) }
    #expect(source.position == source.size)
    return lines
  }

  @Test("a part's entries are those of the whole")
  func source() throws {
    #expect(try PartSource.count(Numbers(count: 3000), stop: {}) == 3000)
    let part = PartSource(Numbers(count: 20), entries: 5..<8, of: 20)
    #expect(try lines(part) == [6, 7, 8])
    #expect(try lines(PartSource(Numbers(count: 20), entries: 17..<20, of: 20)) == [18, 19, 20])
    #expect(try lines(PartSource(Numbers(count: 20), entries: 7..<7, of: 20)) == [])
    let later = Numbers(count: 20, position: 5)
    #expect(try lines(PartSource(later, entries: 5..<8, of: 20, from: 5)) == [6, 7, 8])
  }

  @Test("a source that changed since it was cut is noticed")
  func changed() throws {
    for (count, entries) in [(19, 18..<20), (21, 18..<20), (3, 5..<8)] {
      #expect(throws: RunFailure.self) {
        try lines(PartSource(Numbers(count: count), entries: entries, of: 20))
      }
    }
  }
}
