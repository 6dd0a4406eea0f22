internal import Schema

/// Counts ARKitFace in the layouts of PerspNet and TRG, and the challenge's subset WCPA (FORMATS §6, §7).
struct ARKitFaceCensus: SourceCensus {
  /// The counts below one pair of `image` and `info`.
  private struct Root {
    var images = 0
    var arrays = 0
    var landmarks = 0
  }

  private static let images = 902_724
  private static let challengeImages = 447_185
  private static let challengeArrays = 356_640
  private static let mostRoots = 64

  private var roots: [String: Root] = [:]
  private var lists = 0
  private var hasChallengeLists = false

  mutating func add(_ file: SightedFile) -> Bool {
    if file.ending == "csv" || file.name.hasPrefix("WCPA_") {
      guard file.name.hasPrefix("ARKitFace_") || file.name.hasPrefix("WCPA_") else { return false }
      if file.name.hasPrefix("WCPA_") { hasChallengeLists = true }
      if file.ending == "csv" { lists += 1 }
      return true
    }
    // .../image/<subject>/<action>/<id>_ar.jpg
    guard file.parts.count >= 4 else { return false }
    let kind = file.parts[file.parts.count - 4]
    let above = file.parts.dropLast(4)
    let isImage = kind == "image" && file.stem.hasSuffix("_ar") && file.isImage
    let isArray = kind == "info" && file.name.hasSuffix("_info.npz")
    let isPoints = kind == "68landmarks" && file.name.hasSuffix("_68landmarks.txt")
    guard isImage || isArray || isPoints else { return false }
    // TRG keeps images and arrays in folders whose names differ in this word.
    let name = above.joined(separator: "/")
      .replacing("ARKitFace_image_", with: "ARKitFace_").replacing(
        "ARKitFace_info_", with: "ARKitFace_")
    guard roots.count < Self.mostRoots || roots[name] != nil else { return false }
    if isImage { roots[name, default: Root()].images += 1 }
    if isArray { roots[name, default: Root()].arrays += 1 }
    if isPoints { roots[name, default: Root()].landmarks += 1 }
    return true
  }

  func report() -> CensusReport? {
    guard !roots.isEmpty else { return nil }
    let isChallenge = hasChallengeLists || roots.values.contains { $0.landmarks > 0 }
    let isTRG = roots.keys.contains { $0.contains("ARKitFace_") }
    let isPerspNet = roots.keys.contains { !$0.contains("ARKitFace_") }
    let layouts = (isPerspNet ? ["PerspNet's layout"] : []) + (isTRG ? ["TRG's layout"] : [])
    var report = CensusReport(
      dataset: DatasetName.arkitFace,
      title: isChallenge
        ? "WCPA, ARKitFace's subset" : "ARKitFace, \(layouts.joined(separator: " and "))")
    let images = roots.values.reduce(0) { $0 + $1.images }
    let arrays = roots.values.reduce(0) { $0 + $1.arrays }
    if isChallenge {
      report.add("images", images, of: Self.challengeImages)
      report.add("info", arrays, of: Self.challengeArrays)
      report.add(
        "68landmarks", roots.values.reduce(0) { $0 + $1.landmarks }, of: Self.challengeImages)
    } else {
      report.add("images", images, of: Self.images)
      report.counts.append(.init(what: "info", found: arrays, official: Self.images))
    }
    report.counts.append(.init(what: "lists", found: lists))
    if isPerspNet, isTRG {
      report.findings.append(
        (
          SourceChecks.variant,
          "layout: found both PerspNet's and TRG's; name the folder of one, or each image may be read twice"
        ))
    }
    for (name, root) in roots.sorted(by: { $0.key < $1.key }) {
      add(root, name.isEmpty ? "" : name + "/", isChallenge, to: &report)
    }
    return report
  }

  private func add(
    _ root: Root, _ name: String, _ isChallenge: Bool, to report: inout CensusReport
  ) {
    if root.arrays == 0 {
      report.findings.append(
        (
          isChallenge ? SourceChecks.variant : SourceChecks.missingFolder,
          "\(name)info: expected an _info.npz an image, found none; they hold shape and pose, without which images have no annotation"
            + (isChallenge
              ? "; the challenge's test images have none" : ": unpack that archive too")
        ))
    } else if root.images == 0 {
      report.findings.append(
        (
          SourceChecks.missingFolder,
          "\(name)image: expected an _ar.jpg for each _info.npz, found none; unpack that archive too"
        ))
    } else if root.images < root.arrays || root.arrays < root.images && !isChallenge {
      report.findings.append(
        (
          SourceChecks.unpaired,
          "\(name)image and info: expected as many files in both, found \(root.images) and \(root.arrays); unpack the archives again"
        ))
    }
  }
}
