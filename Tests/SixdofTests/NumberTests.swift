import Foundation
import TestSupport
import Testing

/// Records with numbers that no dataset has, in every member, through every command that takes records.
///
/// All of them are in one file; with SIXDOF_LONG in the environment each has a file of its own too.
@Suite("Numbers that no dataset has")
struct NumberTests {
  /// As JSON has them, or as Python writes them: outside of all ranges, and at their edges.
  static let numbers = [
    "0", "-0.0", "1e-320", "-1e-320", "1e155", "-1e155", "1e300", "-1e300", "1.8e308", "-1.8e308",
    "NaN", "2147483648", "-2147483648", "9007199254740992", "-9007199254740992",
    "9223372036854775807", "-9223372036854775808", "18446744073709551616",
    "-18446744073709551616", "184467440737095516160", "999999999", "-999999999", "0.001", "999",
    "-999", "999999", "-999999", "1e29", "1048576",
  ]

  /// A record whose members `@` marks, one after the other, are to be replaced.
  static let record = """
    {"schema":"sixdof.image/1","id":"ID","source":{"dataset":"wider-face","line":@3},\
    "image":{"path":"PATH","archive":null,"width":@160,"height":@120,"format":"jpeg",\
    "orientation":@1},"camera":{"fx":@280,"fy":@280,"cx":@80,"cy":@60,\
    "provenance":"user"},"faces":[{"bbox_xyxy":[@40,@30,@100,@90],\
    "landmarks":{"layout":"face-5","points":[[@55,@50],[85,50],[70,@62],[58,75],[82,75]],\
    "visibility":["visible","visible","visible","visible","visible"]},\
    "pose":{"rotation_vector":[@0.1,@0.2,@0.3],"translation":[@0.01,@0.02,@0.6],"frame":"bfm",\
    "scale":"assumed","provenance":"annotation"},\
    "fit":{"solver":"least-squares","points":@5,"reprojection_rms_px":@1.5,"relative_rms":@0.05,\
    "interocular_px":@30,"rotation_sigma_deg":[@2,2,2],"translation_sigma":[@0.01,0.01,0.01],\
    "flags":[]},"attributes":{"blur":@0,"quality":@0.5,"score":@0.5,"landmark_score":@0.5,\
    "subject_id":"a"},"native":{"verts":{"dtype":"<f4","shape":[@1,@3],"data":"AAAAAAAAAAAAAAAA"}}}]}
    """

  /// Every number in every member.
  static func lines(path: String) -> [String] {
    let parts = record.components(separatedBy: "@")
    var lines: [String] = []
    func add(_ line: String) {
      lines.append(
        line.replacingOccurrences(of: "ID", with: "wider-face/\(lines.count)")
          .replacingOccurrences(of: "PATH", with: path))
    }
    add(parts.joined())
    for place in parts.indices.dropFirst() {
      let rest = parts[place].drop { "-.0123456789".contains($0) }
      for number in numbers {
        add(
          parts[..<place].joined() + number + rest + parts[(place + 1)...].joined())
      }
    }
    return lines
  }

  /// What is run on a file of records; `$` is the folder of outputs.
  static func commands(_ records: String, images: String) -> [[String]] {
    let exports = [
      "retinaface", "wider-face", "img2pose-json", "img2pose-300w-lp", "300w-lp", "aflw2000",
      "biwi",
      "arkitface", "coco", "hopenet", "6drepnet", "trg", "webdataset",
    ]
    return [
      ["label", records, "--output", "$/label.jsonl"],
      ["label", records, "--relabel", "--solver", "epnp", "--output", "$/epnp.jsonl"],
      ["label", records, "--relabel", "--camera", "weak-perspective", "--output", "$/weak.jsonl"],
      ["label", records, "--fit-translation", "--euler", "aflw", "--output", "$/fit.jsonl"],
      ["stats", records, "--output", "$/stats"],
      ["pack", records, "--images", images, "--output", "$/pack.lmdb"],
      ["pack", records, "--images", images, "--output", "$/reprojected.lmdb"]
        + ["--landmarks", "reprojected", "--rotation-rule", "markley"],
      ["pack", records, "--images", images, "--layout", "records", "--output", "$/records.lmdb"],
      ["check", "$/pack.lmdb"], ["check", "$/records.lmdb"],
      ["check", records, "--report", "$/report.html", "--format", "json"],
      ["check", records, "--images", images, "--fix", "$/fixed.jsonl"],
      ["diff", records, records, "--json"], ["diff", records, "$/label.jsonl", "--json"],
      ["merge", records, "--output", "$/merged.jsonl"],
      ["sample", records, "--count", "20", "--output", "$/sample.jsonl"],
      ["split", records, "--output-dir", "$/split"],
      [
        "sheet", records, "--images", images, "--output", "$/sheet.png", "--draw", "mesh,landmarks",
      ],
      ["sheet", records, "--images", images, "--worst", "9", "--images-whole"]
        + ["--output", "$/worst.png"],
      ["evaluate", records, "--truth", records, "--protocol", "img2pose-aflw2000"],
      ["evaluate", records, "--truth", records, "--protocol", "trg", "--format", "json"],
      ["evaluate", records, "--truth", records, "--protocol", "wider"],
      ["inspect", records],
      ["inspect", records, "--index", "3", "--images", images, "--overlay", "$/overlay.png"],
    ]
      + exports.map {
        ["export", records, "--format", $0, "--images", images, "--allow-lossy"]
          + ["--output", "$/export-\($0)"]
      }
  }

  /// Runs all commands on these records, none of which may end by a signal.
  static func expectNoSignal(_ lines: [String], _ set: SyntheticSet, _ name: String) throws {
    let records = "\(set.folder)/\(name).jsonl"
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: records, atomically: true, encoding: .utf8)
    let outputs = "\(set.folder)/\(name)"
    try FileManager.default.createDirectory(
      atPath: outputs, withIntermediateDirectories: true)
    for command in commands(records, images: set.images) {
      let arguments = command.map { $0.replacingOccurrences(of: "$", with: outputs) }
      let start = Date()
      // 8 GB of addresses: an allocation by a number of the file would not fit.
      let ended = try Run(
        "/bin/sh", ["-c", "ulimit -v 8388608; exec \"$0\" \"$@\"", Program.path] + arguments
      ).wait()
      #expect(
        ended.status < 128, "\(command.joined(separator: " ")): \(ended.errors.suffix(2000))")
      #expect(ended.status != 64, "\(ended.errors.suffix(2000))")
      #expect(Date().timeIntervalSince(start) < 60, "\(command)")
    }
    try? FileManager.default.removeItem(atPath: outputs)
  }

  @Test("Every number in every member of a record ends no command by a signal")
  func records() throws {
    try SyntheticSet.with(count: 2) { set in
      let path = try #require(
        try FileManager.default.subpathsOfDirectory(atPath: set.images).sorted()
          .first { $0.hasSuffix(".jpg") })
      let lines = Self.lines(path: path)
      try Self.expectNoSignal(lines, set, "all")
      guard ProcessInfo.processInfo.environment["SIXDOF_LONG"] != nil else { return }
      for (i, line) in lines.enumerated() { try Self.expectNoSignal([line], set, "one-\(i)") }
    }
  }
}
