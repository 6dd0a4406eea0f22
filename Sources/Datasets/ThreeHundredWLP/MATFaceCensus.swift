internal import Schema

/// Counts 300W-LP and AFLW2000-3D: an image and a .mat with the same stem (FORMATS §3, §4).
struct MATFaceCensus: SourceCensus {
  private struct Folder {
    var images = 0
    var arrays = 0
    /// The number of stems with both files.
    var pairs = 0
    fileprivate var last: Substring = ""
    fileprivate var lastIsImage = false

    mutating func add(_ file: SightedFile) {
      if file.isImage { images += 1 } else { arrays += 1 }
      // The two files of a stem follow each other in a walk.
      if last == file.stem, lastIsImage != file.isImage {
        pairs += 1
        last = ""
      } else {
        (last, lastIsImage) = (file.stem, file.isImage)
      }
    }
  }

  private static let official = ["AFW": 5_207, "HELEN": 37_676, "IBUG": 1_786, "LFPW": 16_556]
  private static let sets = official.keys.sorted()
  static let images = 61_225
  private static let aflw = 2_000

  private var folders: [String: Folder] = [:]
  private var landmarks: [String: Int] = [:]
  private var aflw2000 = Folder()
  /// Pairs of paths: the landmark files of two rotated copies of one photo.
  private(set) var rotatedCopies: [(String, String)] = []
  private var lastLandmarks = ""
  private static let mostRotatedCopies = 24

  mutating func add(_ file: SightedFile) -> Bool {
    if file.parts.dropLast().contains("Code"), !Self.sets.contains(String(file.folder)) {
      return false
    }
    if file.ending == "mat", file.name.hasSuffix("_pts.mat"),
      file.parts.dropLast(2).last == "landmarks"
    {
      landmarks[String(file.folder), default: 0] += 1
      noteRotatedCopy(file.path)
      return true
    }
    guard file.isImage || file.ending == "mat" else { return false }
    let set = String(file.folder)
    if Self.official[set] != nil
      || set.hasSuffix("_Flip") && Self.official[Self.original(set)] != nil
    {
      folders[set, default: Folder()].add(file)
      return true
    }
    guard file.stem.hasPrefix("image"), file.stem.count == 10,
      file.stem.dropFirst(5).allSatisfy(\.isNumber)
    else { return false }
    aflw2000.add(file)
    return true
  }

  private static func original(_ set: String) -> String { String(set.dropLast("_Flip".count)) }

  private mutating func noteRotatedCopy(_ path: String) {
    let photo = { (path: String) in
      MATFacePaths(stem: String(path.dropLast("_pts.mat".count))).sourcePhoto(.threeHundredWLP)
    }
    if rotatedCopies.count < Self.mostRotatedCopies, !lastLandmarks.isEmpty,
      photo(lastLandmarks) == photo(path)
    {
      rotatedCopies.append((lastLandmarks, path))
      lastLandmarks = ""
    } else {
      lastLandmarks = path
    }
  }

  var claims: [String: Int]? {
    [
      DatasetName.threeHundredWLP: folders.values.reduce(0) { $0 + $1.images + $1.arrays }
        + landmarks.values.reduce(0, +),
      DatasetName.aflw2000: aflw2000.images + aflw2000.arrays,
    ]
  }

  func report() -> CensusReport? {
    let count = claims?[DatasetName.threeHundredWLP] ?? 0
    if count == 0, aflw2000.images + aflw2000.arrays == 0 { return nil }
    return aflw2000.images + aflw2000.arrays > count ? aflw2000Report : threeHundredWLPReport
  }

  private var aflw2000Report: CensusReport {
    var report = CensusReport(dataset: DatasetName.aflw2000, title: "AFLW2000-3D")
    report.add("images with their .mat", aflw2000.pairs, of: Self.aflw)
    Self.addUnpaired(aflw2000, "AFLW2000", to: &report)
    return report
  }

  private var threeHundredWLPReport: CensusReport {
    let flips = folders.filter { $0.key.hasSuffix("_Flip") }
    let plain = folders.filter { !$0.key.hasSuffix("_Flip") }
    var report = CensusReport(
      dataset: DatasetName.threeHundredWLP,
      title: "300W-LP, \(flips.isEmpty ? "without" : "with") mirrored images, "
        + "\(landmarks.isEmpty ? "without" : "with") the folder landmarks")
    report.add("images", plain.values.reduce(0) { $0 + $1.images }, of: Self.images)
    for set in Self.sets {
      report.counts.append(
        .init(what: "  \(set)", found: plain[set]?.images ?? 0, official: Self.official[set]))
    }
    if !flips.isEmpty {
      report.add("mirrored images", flips.values.reduce(0) { $0 + $1.images }, of: Self.images)
    }
    for (set, folder) in folders.sorted(by: { $0.key < $1.key }) {
      Self.addUnpaired(folder, set, to: &report)
    }
    for (set, flip) in flips.sorted(by: { $0.key < $1.key }) {
      let images = plain[Self.original(set)]?.images ?? 0
      if images != flip.images, !plain.isEmpty {
        report.findings.append(
          (
            SourceChecks.unpaired,
            "\(set): expected as many images as \(Self.original(set)), \(images), found \(flip.images); unpack the archive again"
          ))
      }
    }
    addLandmarkFindings(plain, to: &report)
    return report
  }

  private func addLandmarkFindings(_ plain: [String: Folder], to report: inout CensusReport) {
    guard !landmarks.isEmpty else {
      report.findings.append(
        (
          SourceChecks.missingFolder,
          "landmarks/: expected a _pts.mat an image, found no such folder; unpack 300W-LP.zip whole, or rebuild landmarks with --landmark-tables; without either the visible contour of pt2d is read, to which poses cannot be fitted well"
        ))
      return
    }
    for (set, folder) in plain.sorted(by: { $0.key < $1.key }) {
      let found = landmarks[set] ?? 0
      guard found < folder.images else { continue }
      report.findings.append(
        (
          found == 0 ? SourceChecks.missingFolder : SourceChecks.unpaired,
          "landmarks/\(set): expected \(folder.images) files, one an image, found \(found); unpack the archive again, or rebuild landmarks with --landmark-tables"
        ))
    }
  }

  private static func addUnpaired(_ folder: Folder, _ name: String, to report: inout CensusReport) {
    for (what, other, count) in [
      ("images", ".mat", folder.images - folder.pairs),
      (".mat files", "image", folder.arrays - folder.pairs),
    ] where count > 0 {
      report.findings.append(
        (
          SourceChecks.unpaired,
          "\(name): expected an image and a .mat of each name, found \(count) \(what) without \(other); unpack the archive again"
        ))
    }
  }
}
