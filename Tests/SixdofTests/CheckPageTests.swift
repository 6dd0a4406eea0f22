import Foundation
import Testing

@Suite("check --report")
struct CheckPageTests {
  /// Runs `check` with a report in the set's folder and gives the page.
  private func page(
    _ set: SyntheticSet, _ input: String, _ options: [String] = [], name: String = "report"
  ) throws -> String {
    let path = "\(set.folder)/\(name).html"
    let run = try Program.run(["check", input, "--report", path] + options)
    #expect([0, 2].contains(run.status), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  /// Labelled records of a small set whose first face has a box without area.
  private func faulty(_ set: SyntheticSet) throws -> String {
    let built = try set.build("set", ["--records"])
    #expect(built.status == 0, "\(built.errors)")
    let text = try String(contentsOfFile: "\(set.folder)/set.jsonl", encoding: .utf8)
    let box = /"bbox_xyxy":\[([^,\]]+),([^,\]]+),([^,\]]+),([^\]]+)\]/
    let first = try #require(text.firstMatch(of: box))
    let path = "\(set.folder)/faulty.jsonl"
    let flat = "\"bbox_xyxy\":[\(first.1),\(first.2),\(first.1),\(first.4)]"
    try text.replacingCharacters(in: first.range, with: flat)
      .write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func pictures(_ page: String) -> Int {
    // How the base64 of a JPEG file begins.
    page.components(separatedBy: "\"/9j/").count - 1
  }

  @Test("writes a page with pictures of the faces where it has images, and without them where not")
  func pictures() throws {
    try SyntheticSet.with { set in
      let records = try faulty(set)
      let with = try page(set, records, ["--images", set.images])
      #expect(with.contains("id=\"check-degenerate-box\""))
      #expect(pictures(with) > 5)
      let without = try page(set, records)
      #expect(without.contains("id=\"check-degenerate-box\""))
      #expect(pictures(without) == 0)
    }
  }

  @Test("takes the pictures of an LMDB from its samples, in either layout")
  func shards() throws {
    try SyntheticSet.with { set in
      for layout in ["img2pose", "records"] {
        let built = try set.build(layout, ["--layout", layout])
        #expect(built.status == 0, "\(built.errors)")
        let html = try page(set, "\(set.folder)/\(layout).lmdb", name: layout)
        // img2pose's layout keeps no fit, so only what is found has a picture there.
        #expect(layout == "img2pose" || pictures(html) > 5)
      }
    }
  }

  @Test("writes the same page for any number of jobs")
  func jobs() throws {
    try SyntheticSet.with { set in
      let records = try faulty(set)
      let one = try page(set, records, ["--images", set.images, "--jobs", "1"])
      let three = try page(set, records, ["--images", set.images, "--jobs", "3"])
      #expect(one == three)
    }
  }

  @Test("leaves no page where the run stops")
  func stopped() throws {
    try SyntheticSet.with { set in
      let path = "\(set.folder)/report.html"
      let run = try Program.run(
        ["check", try faulty(set), "--report", path, "--strict"])
      #expect(run.status == 65)
      #expect(!FileManager.default.fileExists(atPath: path))
      #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    }
  }
}
