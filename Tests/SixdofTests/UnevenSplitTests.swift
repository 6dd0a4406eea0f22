import Schema
import TestSupport
import Testing

@Suite("split whose groups force other shares")
struct UnevenSplitTests {
  @Test("a part that misses its share is a warning with the reason and a remedy")
  func warned() throws {
    try RecordFiles.with(count: 24) { files in
      let split = ["split", "records.jsonl", "--output-dir", "p", "--ratios"]
      let outcome = try files.run(split + ["train=0.8,val=0.2"])
      #expect(outcome.status == 0)
      let parts = try ["train", "val"].map { try files.lines("p/\($0).jsonl").count }
      let largest = parts.max() ?? 0
      for (name, asked, count) in [("train", 80, parts[0]), ("val", 20, parts[1])] {
        let start =
          "warning: records.jsonl: part '\(name)': expected \(asked) % of the records, found "
        let line = outcome.errors.split(separator: "\n").first { $0.contains(start) }
        let found = "(\(count) of \(parts[0] + parts[1])), for the largest group, 'biwi/"
        #expect(line?.contains(found) == true)
        #expect(line?.contains("has \(largest) records that stay together; ") == true)
      }
      #expect(try files.text("p/split.issues.jsonl").contains("\"uneven-split\""))
      #expect(try files.run(split + ["0.5,0.5", "--strict", "--overwrite"]).status != 64)
    }
  }

  @Test("shares that are met, or missed by one record, are not")
  func silent() throws {
    try RecordFiles.with(count: 24) { files in
      let outcome = try files.run([
        "split", "records.jsonl", "--by", "none", "--ratios", "0.8,0.2", "--output-dir", "p",
      ])
      #expect(outcome.status == 0 && !outcome.errors.contains("uneven-split"))
      #expect(!outcome.errors.contains("expected 80 %"))
    }
  }
}
