internal import Schema

/// Counts BIWI Kinect Head Pose (FORMATS §5).
struct BiwiCensus: SourceCensus {
  private struct Sequence {
    var frames = 0
    var poses = 0
    var posed = 0
    var depths = 0
    var hasColourCalibration = false
  }

  private static let frames = 15_678
  private static let sequences = 24
  /// If there are more folders with such files, they are not sequences of this dataset.
  private static let mostSequences = 256

  private var found: [String: Sequence] = [:]
  private var meshes = 0
  private var hasJPEG = false
  private var tops: Set<String> = []
  private var frame: BiwiFrame?

  mutating func add(_ file: SightedFile) -> Bool {
    if let part = BiwiFile(file.path) {
      let folder = String(file.folder)
      guard found.count < Self.mostSequences || found[folder] != nil else { return false }
      if file.parts.count > 2 { tops.insert(String(file.parts[file.parts.count - 3])) }
      if frame?.add(part) != true {
        close()
        frame = BiwiFrame(part)
      }
      var sequence = found[folder, default: Sequence()]
      switch part.kind {
      case .depth: sequence.depths += 1
      case .pose: sequence.poses += 1
      case .png: sequence.frames += 1
      case .jpg, .jpeg:
        sequence.frames += 1
        hasJPEG = true
      }
      found[folder] = sequence
      return true
    }
    if file.name == "rgb.cal" || file.name == "depth.cal" {
      if file.name == "rgb.cal" {
        found[String(file.folder), default: Sequence()].hasColourCalibration = true
      }
      return true
    }
    if file.ending == "obj", file.stem.count == 2, file.stem.allSatisfy(\.isNumber) {
      meshes += 1
      return true
    }
    return false
  }

  /// Counts the current frame and closes it.
  private mutating func close() {
    guard let frame else { return }
    let folder = frame.folder.split(separator: "/").last.map(String.init) ?? ""
    if frame.hasPose, !frame.images.isEmpty { found[folder]?.posed += 1 }
    self.frame = nil
  }

  mutating func report() -> CensusReport? {
    close()
    let sequences = found.filter { $0.value.frames + $0.value.poses > 0 }
    guard !sequences.isEmpty else { return nil }
    let hasDepth = sequences.values.contains { $0.depths > 0 }
    var report = CensusReport(
      dataset: DatasetName.biwi, title: "BIWI Kinect Head Pose, \(layout(hasDepth))")
    report.add("sequences", sequences.count, of: Self.sequences)
    report.add(
      "frames with a pose", sequences.values.reduce(0) { $0 + $1.posed }, of: Self.frames)
    report.counts.append(
      .init(what: "depth images", found: sequences.values.reduce(0) { $0 + $1.depths }))
    report.counts.append(.init(what: "meshes", found: meshes, official: Self.sequences))
    if !hasDepth {
      report.findings.append(
        (
          SourceChecks.variant,
          "depth images: found none, as in fastai's mirror; poses do not need them"
        ))
    }
    for (name, sequence) in sequences.sorted(by: { $0.key < $1.key }) {
      addFindings(sequence, name, to: &report)
    }
    return report
  }

  private func layout(_ hasDepth: Bool) -> String {
    if tops.contains("faces_0") { return "Kaggle's mirror (faces_0)" }
    if hasJPEG, !hasDepth { return "fastai's mirror" }
    return tops.contains("hpdb") ? "as distributed (hpdb)" : "sequences in folders of another name"
  }

  private func addFindings(
    _ sequence: Sequence, _ name: String, to report: inout CensusReport
  ) {
    if !sequence.hasColourCalibration {
      report.findings.append(
        (
          SourceChecks.missingFolder,
          "\(name)/rgb.cal: expected the colour camera's calibration, found none; poses are annotated in the depth camera: fetch the file from the original archive, or read them there with --frame depth"
        ))
    }
    if sequence.poses == 0 {
      report.findings.append(
        (
          SourceChecks.missingFolder,
          "\(name): expected frame_NNNNN_pose.txt beside the images, found none; unpack kinect_head_pose_db.tgz again"
        ))
    } else if sequence.posed < sequence.poses {
      report.findings.append(
        (
          SourceChecks.unpaired,
          "\(name): expected an image for each pose, found \(sequence.poses - sequence.posed) poses without; unpack the archive again"
        ))
    }
  }
}
