public import Codecs
internal import FoundationEssentials
public import Schema

/// Recognises a dataset's layout, version and mirror, and what is missing, in one walk over the names
/// and sizes of its files. It reads no pixels, and the bytes of only a few files.
public enum SourceDoctor {
  /// In bytes. Files smaller than this are looked into, for they may be stand-ins, such as pointers of Git LFS.
  private static let suspiciousSize = 1024
  private static let mostLooks = 256
  private static let mostArchives = 64
  private static let mostEndings = 256

  /// What is wrong with an archive or unfinished download as a file. Nil for a folder, for a path where nothing
  /// is, and for an archive whose two ends look whole.
  ///
  /// - Throws: `FileError` where the file cannot be read.
  public static func archiveFault(at path: String) throws -> Finding? {
    let url = URL(fileURLWithPath: path)
    let name = url.lastPathComponent
    let file = SightedFile(name, size: nil)
    guard fileExists(path), !isFolder(path),
      FileFault.isArchive(file) || FileFault.isUnfinished(file) || ImageArchive.isArchive(path)
    else { return nil }
    let folder = url.deletingLastPathComponent().path
    let fault = try FileFault.ofArchive(at: path, name: name) {
      fileExists("\(folder)/\($0)")
    }
    return fault.map { Finding($0.check, at: SourceLocation(file: name), $0.detail) }
  }

  /// Whether `diagnosis` may be asked of a path: a folder, an archive or an unfinished download.
  public static func isSource(_ path: String) -> Bool {
    guard fileExists(path) else { return false }
    let file = SightedFile(path, size: nil)
    return isFolder(path) || FileFault.isArchive(file) || FileFault.isUnfinished(file)
      || ImageArchive.isArchive(path)
  }

  /// What a folder, zip or tar holds.
  ///
  /// - Parameters:
  ///   - tree: what is looked through; names and sizes are read, and some small files.
  ///   - most: the number of files after which the walk stops; the diagnosis then rests on these.
  ///   - check: called for each file; an error that it throws ends the walk.
  /// - Throws: `FileError` where a folder cannot be read; what `check` throws.
  public static func diagnosis(
    of tree: FileTree, most: Int = .max, check: () throws -> Void = {}
  ) throws -> SourceDiagnosis {
    var censuses = DatasetDescription.all.compactMap { $0.makeCensus?() }
    var claimed = [Int](repeating: 0, count: censuses.count)
    var faults = FaultCollection()
    var (files, looks, archives) = (0, 0, 0)
    var walk = tree.walk()
    var endings: [String: Int] = [:]
    while files < most, let path = try walk.next() {
      try check()
      files += 1
      let file = SightedFile(path, size: walk.size)
      if endings.count < mostEndings || endings[file.ending] != nil {
        endings[file.ending, default: 0] += 1
      }
      if FileFault.isUnfinished(file) { faults.add(SourceChecks.unfinishedDownload, path) }
      if FileFault.isArchive(file), archives < mostArchives {
        archives += 1
        if let fault = fault(ofArchive: file, in: tree) { faults.archives.append(fault) }
      }
      var isOwn = false
      for i in censuses.indices where censuses[i].add(file) {
        claimed[i] += 1
        isOwn = true
      }
      guard isOwn, let size = walk.size, size < suspiciousSize else { continue }
      if size == 0 {
        faults.add(SourceChecks.emptyFile, path)
      } else if looks < mostLooks, file.isImage || ["mat", "npz", "bin"].contains(file.ending) {
        looks += 1
        let stand = try? tree.withBytes(of: path, limit: suspiciousSize) { FileFault.stand($0) }
        if let stand = stand ?? nil { faults.add(SourceChecks.notData, path, stand) }
      }
    }
    let rotated = censuses.lazy.compactMap { $0 as? MATFaceCensus }.first?.rotatedCopies ?? []
    let best = claimed.indices.filter { claimed[$0] > 0 }.max { claimed[$0] < claimed[$1] }
    let report = best.flatMap { censuses[$0].report() }
    var diagnosis = diagnosis(
      report, faults, files: files, name: SourceLocation.fileName(of: tree.path),
      shared: sharedLandmarks(rotated, in: tree))
    diagnosis.endings = endings
    for i in censuses.indices where claimed[i] > 0 {
      let own = censuses[i].claims ?? censuses[i].report().map { [$0.dataset: claimed[i]] } ?? [:]
      diagnosis.claims.merge(own) { $1 }
    }
    return diagnosis
  }

  private static func fault(
    ofArchive file: SightedFile, in tree: FileTree
  ) -> (check: Check, detail: String)? {
    // Only archives in a folder matter: they were fetched and not unpacked.
    guard !ImageArchive.isArchive(tree.path) else { return nil }
    return try? FileFault.ofArchive(at: "\(tree.path)/\(file.path)", name: file.path) {
      tree.contains((file.parts.dropLast() + [$0[...]]).joined(separator: "/"))
    }
  }

  /// How many pairs of landmark files, each of two rotated copies of one photo, have the same contents.
  private static func sharedLandmarks(
    _ pairs: [(String, String)], in tree: FileTree
  ) -> (same: Int, of: Int) {
    // The header is skipped, for it says when the file was written.
    let headerSize = 128
    func content(_ path: String) -> [UInt8]? {
      try? tree.withBytes(of: path, limit: 1 << 20) { Array($0.dropFirst(headerSize)) }
    }
    let same = pairs.count { pair in
      content(pair.0).map { !$0.isEmpty && $0 == content(pair.1) } ?? false
    }
    return (same, pairs.count)
  }

  private static func diagnosis(
    _ report: CensusReport?, _ faults: FaultCollection, files: Int, name: String,
    shared: (same: Int, of: Int)
  ) -> SourceDiagnosis {
    var diagnosis = SourceDiagnosis(
      dataset: report?.dataset, title: report?.title ?? "no dataset that sixdof knows")
    diagnosis.counts = report?.counts ?? []
    var found = faults.findings + (report?.findings ?? [])
    if report == nil, faults.findings.isEmpty {
      found.append(
        (
          SourceChecks.unknownLayout,
          "files: expected those of \(DatasetDescription.titles), found \(SourceDiagnosis.text(files)) others; name the folder that the dataset was unpacked to"
        ))
    }
    if shared.same > 0 {
      found.append(
        (
          SourceChecks.sharedLandmarks,
          "landmarks/: expected each rotated image's own, found the same in \(shared.same) of \(shared.of) pairs that were compared; this is the copy with one set a photo: fetch the authors' 300W-LP.zip, or leave the folder out and give --landmark-tables"
        ))
    }
    let location = SourceLocation(file: name)
    diagnosis.findings = found.map { Finding($0.check, at: location, $0.detail) }
      .enumerated().sorted {
        ($1.element.check.severity, $0.offset) < ($0.element.check.severity, $1.offset)
      }.map(\.element)
    return diagnosis
  }
}

/// Faults of single files, counted by kind, with the first file of each.
private struct FaultCollection {
  var archives: [(check: Check, detail: String)] = []
  private var kinds: [(check: Check, first: String, reason: String, count: Int)] = []

  mutating func add(_ check: Check, _ path: String, _ reason: String = "") {
    if let i = kinds.firstIndex(where: { $0.check == check && $0.reason == reason }) {
      kinds[i].count += 1
    } else {
      kinds.append((check, path, reason, 1))
    }
  }

  var findings: [(check: Check, detail: String)] {
    archives
      + kinds.map { kind in
        let more = kind.count > 1 ? " and \(SourceDiagnosis.text(kind.count - 1)) more" : ""
        let expected =
          switch kind.check {
          case SourceChecks.emptyFile:
            "expected data, found 0 bytes; unpack the archive again, with room on the disk"
          case SourceChecks.notData: "expected data, found \(kind.reason)"
          default:
            "expected a whole file, found a download that is not finished; go on with it or fetch it again"
          }
        return (kind.check, "\(kind.first)\(more): \(expected)")
      }
  }
}
