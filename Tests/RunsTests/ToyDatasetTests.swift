import Datasets
import Foundation
import Runs
import Schema
import TestSupport
import Testing

@Suite("A dataset of one's own")
struct ToyDatasetTests {
  // In a process of its own, for all tests of this one would see it in their lists.
  @Test("is read by a run once it is registered")
  func convert() async {
    await #expect(processExitsWith: .success) { try Self.convertRegistered() }
  }

  private struct Unexpected: Error { var found: String }

  private static func convertRegistered() throws {
    DatasetDescription.register(.toy)
    func expect(_ isTrue: Bool, _ found: String) throws {
      if !isTrue { throw Unexpected(found: found) }
    }
    try withTemporaryDirectory { folder in
      try write("a.jpg,1,2,30,40\nb.jpg,1,2\nc.jpg,5,6,70,80\n", to: folder + "/boxes.csv")
      guard let dataset = DatasetDescription.named("toy") else { throw Unexpected(found: "none") }
      var input = AnnotationInput(dataset)
      input.files = [folder + "/boxes.csv"]
      let said = Lines()
      let context = RunContext(say: said.add)
      let outcome = try RecordConversion(
        output: folder + "/toy.jsonl", inputs: input.paths, settings: RunSettings()
      ) {
        (PreparationPlan(), try input.open(native: .standard, tell: context.tell).source)
      }.perform(context)
      try expect(outcome == .findings, "\(outcome)")
      func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder + name, encoding: .utf8)
      }
      let records = try text("/toy.jsonl").split(separator: "\n")
      try expect(records.count == 2, "\(records)")
      try expect(records[1].contains("\"dataset\":\"toy\""), "\(records)")
      let issues = try text("/toy.issues.jsonl")
      try expect(issues.contains("expected 4 numbers, found 2"), issues)
      try expect(said.all.contains { $0.hasPrefix("read      3 images, 2 faces") }, "\(said.all)")
    }
  }

  @Test("what it does not do is refused in words")
  func refused() {
    var input = AnnotationInput(.toy)
    input.tree = "folder"
    let context = RunContext()
    #expect {
      try input.open(native: .none, tell: context.tell)
    } throws: {
      "\($0)" == "toy: expected annotation files, found a folder"
    }
    let synthesis = SynthesisRun(
      dataset: .toy, count: 1, output: "never", settings: RunSettings())
    #expect {
      try synthesis.perform(context)
    } throws: {
      ($0 as? RunFailure)?.reason == .call
    }
  }
}
