import Foundation
import Schema
import TestSupport
import Testing

/// Two files of records with findings of all kinds that several records show: ids, photos, persons, sequences and
/// landmarks that come again, pictures that are copies, and mirrored copies that do not mirror their originals.
private func withRecords(
  _ body: (_ set: SyntheticSet, _ check: [String]) throws -> Void
) throws {
  try SyntheticSet.with(count: 30) { set in
    let converted = try Program.run(
      SyntheticSet.Parted.convert.arguments(set) + ["--output", set.folder + "/records.jsonl"])
    try #require([0, 2].contains(converted.status), "\(converted.errors)")
    let text = try String(contentsOfFile: set.folder + "/records.jsonl", encoding: .utf8)
    var lines: [String] = []
    for (i, line) in text.split(separator: "\n").map(String.init).enumerated() {
      lines.append(line)
      guard i.isMultiple(of: 3) else { continue }
      let id = i.isMultiple(of: 2) ? line : line.replacing(/"id":"/, with: "\"id\":\"copy-")
      let person = "\"attributes\":{\"subject_id\":\"\(i % 4)\","
      let photo = "\"attributes\":{\"source_photo\":\"\(i % 5)\",\"sequence\":\"\(i % 2)\","
      lines.append(
        id.replacing("\"attributes\":{", with: i.isMultiple(of: 2) ? person : photo))
      if i == 9 { lines.append("{bad") }
    }
    // The copies are far from their originals, some in the other file.
    var random = SeededRandom(seed: 7)
    lines.shuffle(using: &random)
    let half = lines.count / 2
    try write(lines[..<half].map { $0 + "\n" }.joined(), to: set.folder + "/train.jsonl")
    try write(lines[half...].map { $0 + "\n" }.joined(), to: set.folder + "/val.jsonl")
    try write(
      """
      {"accept": [{"check": "duplicate-record", "record": "*copy*", "reason": "known"},
                  {"check": "image-without-faces", "reason": "never"},
                  {"check": "duplicate-across-splits", "record": "*Parade*", "reason": "known"}],
       "ignore": ["unusual-pixels"], "thresholds": {"grid-landmarks": 10, "balance-poses": 5}}
      """, to: set.folder + "/settings.json")
    try body(
      set,
      [
        "check", set.folder + "/train.jsonl", set.folder + "/val.jsonl", "--images", set.images,
        "--decode", "--config", set.folder + "/settings.json", "--progress", "none",
      ])
  }
}

@Suite("A check in parts")
struct CheckPartsTests {
  @Test(
    "gathered it finds what one run finds, to the byte", arguments: ["text", "json", "sarif"],
    [1, 2, 7, 60])
  func whole(format: String, count: Int) throws {
    try withRecords { set, check in
      let ending = format == "text" ? "txt" : format
      let one = try Program.run(
        check + [
          "--format", format, "--output", "\(set.folder)/one.\(ending)", "--findings",
          "\(set.folder)/one.findings.jsonl",
        ])
      try #require(one.status == 2, "\(one.errors)")
      let found = try String(
        contentsOfFile: set.folder + "/one.findings.jsonl", encoding: .utf8)
      for id in [
        "duplicate-record", "subject-in-two-splits", "duplicate-across-splits",
        "malformed-record",
      ] { #expect(found.contains("\"\(id)\""), "\(id)") }
      for index in (0..<count).reversed() {
        let part = try Program.run(
          check + [
            "--format", format, "--output", "\(set.folder)/parts.\(ending)", "--part",
            "\(index)/\(count)",
          ])
        #expect([0, 2].contains(part.status), "\(part.errors)")
      }
      #expect(try set.parts("parts", "--verify").status == 0)
      let gathered = try set.gather("parts")
      #expect(gathered.status == one.status, "\(gathered.errors)")
      #expect(try set.bytes("parts.\(ending)") == set.bytes("one.\(ending)"))
      #expect(try set.bytes("parts.findings.jsonl") == set.bytes("one.findings.jsonl"))
      let unused = "settings: accept entry 2, 'image-without-faces': expected a finding, found none"
      #expect(one.errors.contains(unused) == gathered.errors.contains(unused))
    }
  }

  @Test(
    "a plan's parts are those of --part; a damaged one is named, another's settings are refused")
  func plan() throws {
    try withRecords { set, check in
      let plan = set.folder + "/plan.json"
      let planned = try Program.run(
        ["plan"] + check + ["--part-images", "20", "--output", plan])
      try #require(planned.status == 0, "\(planned.errors)")
      func part(_ index: Int) throws -> Program.Outcome {
        try Program.run([
          "check", "--plan", plan, "--part", "\(index)", "--output", set.folder + "/p.txt",
        ])
      }
      for index in 0..<3 { #expect([0, 2].contains(try part(index).status)) }
      #expect(try part(0).errors.contains("nothing to do"))
      let gathered = String(decoding: try gatheredText(set), as: UTF8.self)
      #expect(try Program.run(check).output == gathered)
      let name = "p-00001-of-00003.keys.npy"
      var bytes = try set.bytes(name)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: URL(fileURLWithPath: set.folder + "/" + name))
      let damaged = try set.gather("p", "--overwrite")
      #expect(damaged.status == 65)
      #expect(damaged.errors.contains("run part 1 again"), "\(damaged.errors)")
      try write("{}", to: set.folder + "/settings.json")
      try FileManager.default.removeItem(
        atPath: set.folder + "/p-00002-of-00003.part.json")
      let other = try part(2)
      #expect(other.status == 65)
      #expect(other.errors.contains("settings.json: expected"), "\(other.errors)")
    }
  }

  private func gatheredText(_ set: SyntheticSet) throws -> Data {
    let gathered = try set.gather("p")
    #expect(gathered.status == 2, "\(gathered.errors)")
    return try set.bytes("p.txt")
  }

  @Test("what only the whole can give is refused")
  func refused() throws {
    try withRecords { set, check in
      let given: [[String]] = [
        [], ["--output", "x", "--report", "r.html"], ["--output", "x", "--fix", "f.jsonl"],
        ["--output", "x", "--accept", "a.json"], ["--output", "x", "--findings", "f.jsonl"],
      ]
      for options in given {
        let outcome = try Program.run(check + ["--part", "0/2"] + options)
        #expect(outcome.status == 64, "\(options)")
      }
    }
  }
}
