import Codecs
import Datasets
import Foundation
import Schema
import TestSupport

/// A synthetic 300W-LP or AFLW2000-3D in a folder, for one test.
struct MATFaceSet {
  enum Form: String, CaseIterable {
    case threeHundredWLP = "300w-lp"
    case aflw2000

    var folder: String { self == .aflw2000 ? "AFLW2000" : "300W_LP" }
  }

  let form: Form
  let folder: String
  /// What reading is to give, in the order of ids.
  let truth: [ImageRecord]

  var root: String { folder + "/" + form.folder }

  /// Points on a half sphere of a face's size: all that the generator needs is 68 of them.
  static let model: [SIMD3<Double>] = (0..<68).map { i in
    let (x, y) = (0.06 * sin(Double(i)), 0.08 * cos(1.7 * Double(i)))
    return SIMD3(x, y, 4 * (x * x + y * y) - 0.07)
  }

  static func with<Result>(
    _ form: Form, count: Int = 14, width: Int = 450, height: Int = 450,
    _ body: (MATFaceSet) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      var options = SynthesisOptions()
      (options.width, options.height) = (width, height)
      var synthesis =
        form == .aflw2000
        ? AFLW2000.synthesis(in: folder, options: options, model: model)
        : ThreeHundredWLP.synthesis(in: folder, options: options, model: model)
      for i in 0..<count { try synthesis.add(index: i, [0xFF, 0xD8, 0xFF, 0xD9]) }
      try synthesis.finish()
      let lines = try String(contentsOfFile: folder + "/truth.jsonl", encoding: .utf8)
      let truth = try lines.split(separator: "\n").map { try ImageRecord(line: $0) }
      return try body(
        MATFaceSet(form: form, folder: folder, truth: truth.sorted { $0.id < $1.id }))
    }
  }

  /// All that reading gives.
  func read(
    native: ReadingOptions.Native = .standard, at path: String? = nil,
    makesEgocentric: Bool = false
  ) throws -> MATFaceReading {
    try MATFaceReading(form, at: path ?? root, native: native, makesEgocentric: makesEgocentric)
  }

  /// Puts other bytes into a file of the set.
  func damage(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)")))
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: "\(root)/\(name)"))
  }

  /// Writes a file's arrays anew, changed.
  func edit(_ name: String, _ change: (inout [MATArray]) throws -> Void) throws {
    var arrays = try matArrays(at: "\(root)/\(name)")
    try change(&arrays)
    try MATWriter.write(arrays, to: "\(root)/\(name)")
  }
}

/// The arrays of one file.
func matArrays(at path: String) throws -> [MATArray] {
  try MappedFile(path: path).withBytes { try MATArrays($0, path: path).arrays }
}

/// Records and issues, in order.
struct MATFaceReading {
  var records: [ImageRecord] = []
  var issues: [RecordIssue] = []

  /// "error: AFW/x.mat: what: expected X, found Y".
  var texts: [String] { issues.map { "\($0.severity): \($0)" } }

  init(
    _ form: MATFaceSet.Form, at path: String, native: ReadingOptions.Native = .standard,
    makesEgocentric: Bool = false
  ) throws {
    var options = ReadingOptions(dataset: form.rawValue)
    options.native = native
    options.makesEgocentric = makesEgocentric
    let tree = try FileTree(path: path)
    var source =
      form == .aflw2000
      ? try AFLW2000.annotations(in: tree, options: options)
      : try ThreeHundredWLP.annotations(in: tree, options: options)
    while let outcome = try source.next() {
      issues += outcome.issues
      if let record = outcome.record { records.append(record) }
    }
  }
}

extension MATFaceSet.Form {
  func writer(to folder: String) -> any DatasetWriter {
    self == .aflw2000
      ? AFLW2000.writer(to: folder) : ThreeHundredWLP.writer(to: folder)
  }
}

extension ImageRecord {
  /// From a line of JSON Lines.
  init(line: some StringProtocol) throws {
    self = try Array(line.utf8).withUnsafeBytes { try ImageRecord(json: $0) }
  }
}

extension Face {
  /// One of the attributes that only some datasets have.
  func other(_ name: String) -> JSONValue? { attributes.others.first { $0.name == name }?.value }
}
