import Codecs
import Pipeline
import Schema
import TestSupport
import Testing

@testable import Runs

@Suite("A pass over records")
struct RecordPassTests {
  /// More than a window of batches of three threads holds. Each hundredth line is no record.
  private static let lines = 3000

  private func recordFile(in folder: String) throws -> RecordFile {
    var writer = JSONWriter()
    var text = ""
    for i in 0..<Self.lines {
      writer.removeAll()
      ImageRecord(source: RecordSource(dataset: "toy"), image: ImageReference(path: "\(i).jpg"))
        .write(to: &writer)
      text += i % 100 == 99 ? "none\n" : String(decoding: try writer.bytes, as: UTF8.self)
    }
    try write(text, to: "\(folder)/records.jsonl")
    return try RecordFile(path: "\(folder)/records.jsonl")
  }

  @Test("gives records in order, each at its place, for any number of threads", arguments: [1, 3])
  func order(jobs: Int) throws {
    try withTemporaryDirectory { folder in
      let file = try recordFile(in: folder)
      var settings = RunSettings()
      settings.jobs = jobs
      var (faults, items): ([Int?], [RecordPass.Item]) = ([], [])
      var paths: [String] = []
      try RecordPass(settings: settings, stop: RunContext().stop).run(
        over: file, count: { faults += $0.issues.map(\.location.line) }
      ) { item, record in
        items.append(item)
        paths.append(record.image.path)
      }
      #expect(faults == (1...Self.lines / 100).map { 100 * $0 })
      #expect(items.map(\.index) == Array(0..<Self.lines * 99 / 100))
      #expect(paths == (0..<Self.lines).filter { $0 % 100 != 99 }.map { "\($0).jpg" })
      // Each is found again where it was.
      var again = file
      for (item, path) in zip(items, paths).reversed() {
        again.move(to: item.place)
        let found = try again.next()?.record?.image.path
        #expect(found == path)
      }
    }
  }

  @Test("ends where the flag is raised, and with the first error of the body")
  func ends() throws {
    struct Enough: Error {}
    try withTemporaryDirectory { folder in
      let file = try recordFile(in: folder)
      let context = RunContext()
      let pass = RecordPass(settings: RunSettings(), stop: context.stop)
      var count = 0
      #expect(throws: Enough.self) {
        try pass.run(over: file, count: { _ in }) { item, _ in
          count += 1
          if item.index == 700 { throw Enough() }
        }
      }
      #expect(count == 701)
      context.stop.raise()
      #expect(throws: (any Error).self) { try pass.run(over: file, count: { _ in }) { _, _ in } }
    }
  }
}
