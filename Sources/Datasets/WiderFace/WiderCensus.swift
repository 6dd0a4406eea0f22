internal import Schema

/// Counts WIDER FACE: images in event folders, and any form of its annotations (FORMATS §1, §2).
struct WiderCensus: SourceCensus {
  private struct Split {
    var images = 0
    var events: Set<Substring> = []
  }

  private static let official = ["train": 12_880, "val": 3_226, "test": 16_097]
  private static let events = 61
  /// A split with more folders than this does not hold events only.
  private static let mostEvents = 1024

  private var splits: [String: Split] = [:]
  /// The forms of annotations that were met, with their splits.
  private var forms: [String: Set<String>] = [:]

  mutating func add(_ file: SightedFile) -> Bool {
    if file.isImage, Self.isEvent(file.folder) {
      var split = splits[file.split ?? "", default: Split()]
      split.images += 1
      if split.events.count < Self.mostEvents { split.events.insert(file.folder) }
      splits[file.split ?? ""] = split
      return true
    }
    guard let form = Self.form(of: file) else { return false }
    let words = file.name.split { "_-.".contains($0) }.map(String.init)
    let split = ["train", "val", "test"].first(where: words.contains) ?? file.split ?? ""
    forms[form, default: []].insert(split)
    return true
  }

  /// Whether a folder's name is one of an event, such as `0--Parade`.
  private static func isEvent(_ folder: Substring) -> Bool {
    let number = folder.prefix { $0.isNumber }
    return !number.isEmpty && folder.dropFirst(number.count).hasPrefix("--")
  }

  private static func form(of file: SightedFile) -> String? {
    let name = file.name
    if name == "label.txt" { return "RetinaFace's label.txt" }
    guard name.hasPrefix("wider_") else { return nil }
    if name.hasSuffix("_bbx_gt.txt") { return "text" }
    if name.hasPrefix("wider_face_"), file.ending == "mat" { return "MATLAB" }
    if file.ending == "mat" { return "levels of difficulty" }
    return name == "wider_face_test_filelist.txt" ? "list of test images" : nil
  }

  func report() -> CensusReport? {
    guard !splits.isEmpty || !forms.isEmpty else { return nil }
    let names = forms.keys.sorted()
    var report = CensusReport(
      dataset: DatasetName.widerFace,
      title: "WIDER FACE, "
        + (splits.isEmpty
          ? "annotations alone"
          : forms.isEmpty ? "images alone" : "images and annotations"))
    for (name, split) in splits.sorted(by: { $0.key < $1.key }) {
      let title = name.isEmpty ? "images" : "images of \(name)"
      if let official = Self.official[name] {
        report.add(title, split.images, of: official)
      } else {
        report.counts.append(.init(what: title, found: split.images))
      }
      report.counts.append(
        .init(
          what: "events" + (name.isEmpty ? "" : " of \(name)"), found: split.events.count,
          official: Self.events))
      let isAnnotated = forms.contains {
        $0.key != "levels of difficulty" && ($0.value.contains(name) || $0.value.contains(""))
          || name.isEmpty && !$0.value.isEmpty
      }
      if !isAnnotated, name != "test" {
        report.findings.append(
          (
            SourceChecks.elsewhere,
            "annotations\(name.isEmpty ? "" : " of \(name)"): found none here; wider_face_split.zip has them, and --annotations names them"
          ))
      }
    }
    for name in names {
      let of = forms[name, default: []].subtracting([""]).sorted().joined(separator: ", ")
      report.counts.append(
        .init(
          what: "annotations, \(name)\(of.isEmpty ? "" : " (\(of))")",
          found: forms[name]?.count ?? 0))
    }
    if splits.isEmpty {
      report.findings.append(
        (
          SourceChecks.elsewhere,
          "images: found none here; WIDER_train.zip, WIDER_val.zip and WIDER_test.zip have them, and --images names them"
        ))
    }
    return report
  }
}
