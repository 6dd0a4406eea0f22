import Foundation
import Schema
import Shards
import TestSupport
import Testing

/// Something wrong with one image or line of a dataset.
private struct Fault: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var code: String
  var isError: Bool
  /// Whether the issue is with the first face's line and not with its image's.
  var isOfFace = false
  /// Damages the file of the image.
  var damage: @Sendable (_ image: String) throws -> Void = { _ in }
  /// Changes the annotation.
  var edit: @Sendable (inout [String], _ header: Int, _ face: Int) -> Void = { _, _, _ in }
}

private func overwrite(_ path: String, _ change: (Data) -> Data) throws {
  let url = URL(fileURLWithPath: path)
  try change(Data(contentsOf: url)).write(to: url)
}

/// Puts `text` in place of field `index` of a face's line.
private func replace(_ line: String, _ index: Int, _ text: String) -> String {
  var fields = line.split(separator: " ").map(String.init)
  fields[index] = text
  return fields.joined(separator: " ")
}

private let faults: [Fault] = [
  Fault(
    testDescription: "a truncated JPEG", code: "truncated-image", isError: true,
    damage: { try overwrite($0) { $0.prefix($0.count * 2 / 3) } }),
  Fault(
    testDescription: "a JPEG without its end marker", code: "truncated-image", isError: true,
    damage: { try overwrite($0) { $0.dropLast(2) } }),
  Fault(
    testDescription: "a file of no bytes", code: "empty-image", isError: true,
    damage: { try overwrite($0) { _ in Data() } }),
  Fault(
    testDescription: "a text named .jpg", code: "not-an-image", isError: true,
    damage: { try overwrite($0) { _ in Data("404 Not Found, said the server.\n".utf8) } }),
  Fault(
    testDescription: "a missing image", code: "missing-image", isError: true,
    damage: { try FileManager.default.removeItem(atPath: $0) }),
  Fault(
    testDescription: "a link to a file that is no image", code: "not-an-image", isError: true,
    damage: {
      try FileManager.default.removeItem(atPath: $0)
      try FileManager.default.createSymbolicLink(
        atPath: $0, withDestinationPath: Program.path)
    }),
  Fault(
    testDescription: "a link that leads nowhere", code: "broken-link", isError: true,
    damage: {
      try FileManager.default.removeItem(atPath: $0)
      try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: $0 + ".gone")
    }),
  Fault(
    testDescription: "a named pipe", code: "unreadable-image", isError: true,
    damage: {
      try FileManager.default.removeItem(atPath: $0)
      #expect(mkfifo($0, 0o600) == 0)
    }),
  Fault(
    testDescription: "a folder named .jpg", code: "unreadable-image", isError: true,
    damage: {
      try FileManager.default.removeItem(atPath: $0)
      try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
    }),
  Fault(
    testDescription: "a malformed line", code: "malformed-line", isError: true, isOfFace: true,
    edit: { lines, _, face in lines[face] = "1 2 3" }),
  Fault(
    testDescription: "a landmark that is no number", code: "bad-landmark", isError: false,
    isOfFace: true, edit: { lines, _, face in lines[face] = replace(lines[face], 4, "nan") }),
  Fault(
    testDescription: "a box outside the image", code: "box-outside-image", isError: false,
    isOfFace: true, edit: { lines, _, face in lines[face] = replace(lines[face], 0, "5000") }),
  Fault(
    testDescription: "a box without area", code: "degenerate-box", isError: false,
    isOfFace: true, edit: { lines, _, face in lines[face] = replace(lines[face], 2, "-2") }),
  Fault(
    testDescription: "a path with a space", code: "path-with-space", isError: false,
    damage: {
      try FileManager.default.moveItem(
        atPath: $0, toPath: $0.replacingOccurrences(of: "synthetic", with: "syn thetic"))
    },
    edit: { lines, header, _ in
      lines[header] = lines[header].replacingOccurrences(of: "synthetic", with: "syn thetic")
    }),
  Fault(
    testDescription: "a path with '..'", code: "unsafe-path", isError: true,
    edit: { lines, header, _ in
      lines[header] = lines[header].replacingOccurrences(of: "# ", with: "# ../images/")
    }),
]

extension SyntheticSet {
  /// Brings a fault into the first image that has a face with all its points.
  ///
  /// - Returns: the line that the issue is to name.
  fileprivate func bring(_ fault: Fault) throws -> Int {
    var located = 0
    var image = ""
    try editLabel { lines in
      let face =
        lines.indices.first { i in
          lines[i].split(separator: " ").count == 20 && !lines[i].contains("-1")
        } ?? 0
      let header = lines[..<face].lastIndex { $0.hasPrefix("#") } ?? 0
      image = "\(images)/\(lines[header].dropFirst(2))"
      fault.edit(&lines, header, face)
      located = (fault.isOfFace ? face : header) + 1
    }
    try fault.damage(image)
    return located
  }

  /// The issues of a build, as JSON.
  fileprivate func issues(_ name: String) throws -> [JSONValue] {
    try text("\(name).issues.jsonl").split(separator: "\n").map {
      try JSONParser.value(of: String($0))
    }
  }
}

@Suite("Faults in the input of build")
struct FaultTests {
  @Test("each gives one located issue, and the run goes on", arguments: faults)
  private func oneIssue(fault: Fault) throws {
    try SyntheticSet.with(count: 8) { set in
      let line = try set.bring(fault)
      let outcome = try set.build("train")
      #expect(outcome.status == (fault.isError ? 2 : 0), "\(outcome.errors)")
      let issues = try set.issues("train")
      #expect(issues.count == 1)
      #expect(issues.first?["code"]?.text == fault.code)
      #expect(issues.first?["severity"]?.text == (fault.isError ? "error" : "warning"))
      #expect(issues.first?["file"]?.text == "label.txt")
      #expect(issues.first?["line"]?.number == Double(line))
      let detail = try #require(issues.first?["detail"]?.text)
      #expect(detail.contains("expected") && detail.contains("found"))
      #expect(outcome.errors.contains("label.txt:\(line): \(detail)"))
      #expect(try ShardReader(path: "\(set.folder)/train.lmdb").count >= 3)
    }
  }

  @Test("each stops a strict run, which leaves nothing", arguments: faults)
  private func strict(fault: Fault) throws {
    try SyntheticSet.with(count: 8) { set in
      let line = try set.bring(fault)
      let outcome = try set.build("train", ["--strict"])
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("label.txt:\(line): "))
      #expect(outcome.errors.contains("--strict"))
      #expect(try set.outputs("train").isEmpty)
    }
  }

  @Test("a strict run without a fault is an ordinary one")
  func strictWithoutFault() throws {
    try SyntheticSet.with(count: 8) { set in
      let outcome = try set.build("train", ["--strict"])
      #expect(outcome.status == 0)
      #expect(try set.output("train", ".lmdb") != nil)
    }
  }

  @Test("Windows line ends are one warning and change no sample")
  func windowsLineEnds() throws {
    try SyntheticSet.with(count: 8) { set in
      #expect(try set.build("unix").status == 0)
      try write(
        set.text("retinaface/train/label.txt").replacingOccurrences(of: "\n", with: "\r\n"),
        to: set.label)
      #expect(try set.build("windows").status == 0)
      #expect(try set.issues("windows").map { $0["code"]?.text } == ["windows-line-ends"])
      #expect(try set.issues("windows").map { $0["line"]?.number } == [1])
      #expect(try set.output("windows", ".lmdb") == set.output("unix", ".lmdb"))
      let strict = try set.build("strict", ["--strict"])
      #expect(strict.status == 65)
      #expect(try set.outputs("strict").isEmpty)
    }
  }

  @Test("faulty images are missing from the samples, the others keep their bytes")
  func othersAreWhole() throws {
    try SyntheticSet.with(count: 8) { set in
      #expect(try set.build("whole").status == 0)
      let whole = try ShardReader(path: "\(set.folder)/whole.lmdb")
      _ = try set.bring(faults[0])
      #expect(try set.build("faulty").status == 2)
      let faulty = try ShardReader(path: "\(set.folder)/faulty.lmdb")
      #expect(faulty.count == whole.count - 1)
      let last = try whole.withSample(whole.count - 1) { Array($1) }
      #expect(try faulty.withSample(faulty.count - 1) { Array($1) } == last)
    }
  }

  @Test("an image over --max-image-bytes is one error", arguments: [true, false])
  func oversized(inArchive: Bool) throws {
    try SyntheticSet.with(count: 8) { set in
      _ = try set.bring(
        Fault(
          testDescription: "", code: "", isError: true,
          damage: { try overwrite($0) { $0 + Data(count: 200_000) } }))
      var options = ["--max-image-bytes", "100000"]
      if inArchive {
        guard hasProgram("/usr/bin/zip") else { return }
        try Program.system("/usr/bin/zip", ["-q", "-r", "images.zip", "images"], in: set.folder)
        options += ["--images", "\(set.folder)/images.zip"]
      }
      #expect(try set.build("train", options).status == 2)
      #expect(try set.issues("train").map { $0["code"]?.text } == ["oversized-image"])
    }
  }
}
