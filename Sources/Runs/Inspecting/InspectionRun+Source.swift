internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

extension InspectionRun {
  /// What dataset or annotations a folder or archive holds, how much of it, and what is wrong.
  func inspectSource(
    _ input: String, _ context: RunContext
  ) throws -> (picture: [UInt8]?, RunOutcome) {
    if let fault = try SourceDoctor.archiveFault(at: input) {
      context.show("\(input): not read")
      context.show("  \(fault.check.severity.rawValue): \(fault.detail)")
      return (nil, .findings)
    }
    let diagnosis = try SourceDoctor.diagnosis(of: FileTree(path: input)) {
      try context.stop.check()
    }
    // A dataset that is read as a whole is what its layout says; other folders may hold annotations of any form.
    var command = diagnosis.wholeDataset.map { Self.command($0.name, ["--input", input]) }
    if command == nil {
      let found = try recognised(input)
      if let found, found.annotations.name != diagnosis.dataset {
        return (try inspect(found, of: input, context), .done)
      }
      command = found.map { Self.command(for: $0.annotations, input) }
    }
    let export = Self.export(beside: input)
    guard diagnosis.dataset != nil || export == nil else {
      context.show("\(input): \(export ?? "")")
      return (nil, .done)
    }
    context.show("\(input): \(diagnosis.title)")
    if let export { context.show("  \(export)") }
    let width = diagnosis.counts.map(\.what.count).max() ?? 0
    for count in diagnosis.counts {
      let gap = String(repeating: " ", count: width - count.what.count)
      context.show("  \(count.what)\(gap)  \(count.text)")
    }
    for finding in diagnosis.findings {
      context.show("  \(finding.check.severity.rawValue): \(finding.detail)")
    }
    if let command { context.show(command) }
    return (nil, settings.outcome(worst: diagnosis.findings.map(\.check.severity).max()))
  }

  /// What form an annotation file is of, how much it holds, and what reads it; or one of its records.
  func inspectAnnotations(
    _ input: String, _ kind: InputKind, _ context: RunContext
  ) throws -> [UInt8]? {
    var annotations = AnnotationInput(nil)
    annotations.files = [input]
    var remarks: [String] = []
    let known = try annotations.recognised { remarks.append($0) }
    return try inspect((known, remarks, kind.description), of: input, context)
  }

  private typealias Recognised = (
    annotations: AnnotationInput, remarks: [String], title: String
  )

  /// The annotations of a folder or archive; nil where they are of no known form.
  private func recognised(_ tree: String) throws -> Recognised? {
    var annotations = AnnotationInput(nil)
    annotations.tree = tree
    var remarks: [String] = []
    do {
      let known = try annotations.recognised { remarks.append($0) }
      return (known, remarks, known.dataset?.title ?? "")
    } catch is WrongInput {
      return nil
    }
  }

  private func inspect(
    _ found: Recognised, of input: String, _ context: RunContext
  ) throws -> [UInt8]? {
    let opened = try found.annotations.open(
      native: .standard, images: images, tell: context.tell, say: context.say)
    let remarks =
      found.remarks.filter { $0 != "recognised \(found.title)" }
      + [Self.export(beside: input), Self.command(for: found.annotations, input)]
      .compactMap { $0 }
    var source = opened.source
    return try inspect(&source, of: input, remarks, context) {
      "\(found.title), \($0)"
    }
  }

  /// What reads annotations, to be pasted.
  private static func command(for annotations: AnnotationInput, _ input: String) -> String {
    let most = 4
    guard annotations.files.count <= most else { return command("auto", ["--input", input]) }
    return command(
      annotations.name,
      annotations.tree.map { ["--input", $0] } ?? ["--annotations"] + annotations.files)
  }

  private static func command(_ dataset: String, _ input: [String]) -> String {
    "command   sixdof convert \(dataset) \(input.joined(separator: " ")) --output NAME.jsonl"
  }

  /// What a note beside a path says that `export` left there; nil where there is none. Many forms of trainers are for them
  /// alone, so nothing else tells what they are.
  private static func export(beside path: String) -> String? {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let file = try? MappedFile(path: path + OutputSuffix.export), file.count < 1 << 24,
      let note = try? file.withBytes({ try JSONParser.value(of: $0) }),
      let form = note["form"]?.text
    else { return nil }
    let faces =
      note["counts"]?["faces_written"]?.number.flatMap { Int(exactly: $0) }
      .map { ", \(counted($0, "face"))" } ?? ""
    return
      "exported  by 'sixdof export --format \(form)'\(faces); \(path)\(OutputSuffix.export) says of what"
  }
}
