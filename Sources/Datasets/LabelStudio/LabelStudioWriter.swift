public import Codecs
internal import Geometry
public import Schema

/// Writes Label Studio's JSON: `tasks.json`, a list of tasks to import, and `config.xml`, the labelling interface whose
/// names they use (https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks).
///
/// A face is a `rectanglelabels` region and a `keypointlabels` region for each point that is not missing, tied to it by
/// `parentID` and named as `Landmarks.Layout.toolNames` says; an occluded point says so in its `meta`. Places are per
/// cent of the image's width and height, so an image whose size is not known is left out. The image is addressed in
/// local storage, by its path below the storage's root. Remarks are choices: those on a face of its region, those on an
/// image of the whole.
public struct LabelStudioWriter: RemarkingWriter {
  private let folder: OutputFolder
  private let file: OutputFile
  private var tasks = 0
  private let sides = WrittenSides()
  private var labels = LabelStudioConfiguration()

  /// - Throws: `FileError` where the file cannot be made.
  public init(folder: String) throws {
    self.folder = OutputFolder(folder)
    file = try self.folder.file("tasks.json")
    try file.write("[".utf8)
  }

  /// A part of a path that Label Studio gives to what it stores itself, and that readers take apart.
  private static let uploads = "data/upload/"

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, layouts: Landmarks.Layout.named, lineEnds: true, attributes: ["score"])
    losses += record.turningLosses()
    if record.image.path.contains(Self.uploads) {
      losses.append("images in a folder '\(Self.uploads)'")
    }
    return losses
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord {
    guard let size = record.size(or: image) else { return .nothing(ImageRecord.withoutSize) }
    tasks += 1
    let (id, regions) = (tasks, LabelStudioRegions(size: size))
    var task = JSONWriter()
    task.object {
      $0.key("id")
      $0.value(id)
      $0.key("data")
      $0.object {
        $0.key("image")
        $0.value("/data/local-files/?d=" + Self.escaped(record.image.path))
      }
      $0.key("meta")
      $0.object {
        $0.key(StatedSide.name)
        $0.value(StatedSide.ours.rawValue)
      }
      $0.key("annotations")
      $0.array {
        $0.object {
          $0.key("id")
          $0.value(id)
          $0.key("was_cancelled")
          $0.value(false)
          $0.key("ground_truth")
          $0.value(false)
          $0.key("result")
          $0.array { regions.write(record.faces, remarks, to: &$0) }
        }
      }
    }
    for face in record.faces {
      sides.count(face.landmarks)
      if let layout = face.landmarks?.layout { labels.add(layout) }
    }
    labels.add(remarks)
    try file.write((tasks > 1 ? ",\n" : "\n").utf8)
    try file.write(task.bytes)
    return .all(of: record)
  }

  /// A path as part of a URL's query: all but letters, digits and `-._~/` by their codes.
  private static func escaped(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.append(byte)
      default:
        text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  public mutating func finish() throws {
    try file.write("\n]\n".utf8)
    try file.finish()
    try folder.write(labels.text, to: "config.xml")
  }

  public var notes: [String] {
    [
      "tasks.json has \(counted(tasks, "task")) for a project with config.xml as its labelling interface and the images in local storage"
    ] + [sides.note].compactMap { $0 }
  }
}
