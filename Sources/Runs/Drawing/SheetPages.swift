public import Codecs
internal import Datasets
internal import Geometry
public import Pipeline
internal import Rendering
public import Reporting
public import Schema

/// Draws a contact sheet's pages one after the other; one page and a few tiles are in memory.
public struct SheetPages: Sendable {
  let choices: [SheetSelection.Choice]
  /// Tiles in a row.
  public let columns: Int
  /// Rows on a page.
  public let rows: Int
  /// Of a tile, in pixels.
  public let side: Int
  /// Whether tiles have text under them.
  public let hasCaptions: Bool
  /// What is drawn over a tile's image.
  public let overlays: FacePortrait.Overlays
  /// Whether a tile is an image and not a face.
  public let imagesWhole: Bool
  /// Images of more pixels are not decoded.
  public let pixelLimit: PixelLimit

  /// A file name's ending in lower case, without the dot.
  public static func ending(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
  }

  private var tilesOnPage: Int { columns * rows }
  /// How many pages there are.
  public var count: Int { (choices.count + tilesOnPage - 1) / tilesOnPage }

  private struct Job: Sendable {
    var record: ImageRecord
    var face: Int
    var image: [UInt8]?
  }

  /// - Parameters:
  ///   - shelf: the records, at any place.
  ///   - images: where the images of records are; nil for those in an LMDB.
  ///   - jobs: how many threads work.
  ///   - progress: how progress is shown.
  ///   - stop: ends the work once it is raised.
  ///   - write: is handed each page when it is whole, with its number from 1.
  /// - Returns: what was wrong with images; their tiles say it too.
  public func write(
    from shelf: RecordFile, images: ImageStore?, jobs: Int, progress: ProgressMeter.Style,
    stop: StopFlag, page write: (Int, PixelImage) throws -> Void
  ) throws -> [RecordIssue] {
    var shelf = shelf
    shelf.takesImages = true
    let plan = self
    let head = HeadMesh.bfm
    let meter = ProgressMeter(style: progress, unit: "tiles", total: choices.count)
    var (asked, done) = (0, 0)
    var sheet: ContactSheet?
    var issues: [RecordIssue] = []
    try mapInOrder(
      workers: jobs, window: 2 * jobs,
      makeContext: { TilePainter(plan: plan, images: images, portrait: FacePortrait(head: head)) },
      source: { () throws -> Job? in
        try stop.check()
        guard asked < choices.count else { return nil }
        defer { asked += 1 }
        shelf.move(to: choices[asked].place)
        guard let outcome = try shelf.next(), let record = outcome.record
        else { throw RunFailure("expected the input to stay as it was, found a record gone") }
        return Job(record: record, face: choices[asked].face, image: outcome.image)
      },
      transform: { (painter: inout TilePainter, job: Job) in
        painter.tile(job.record, face: job.face, held: job.image)
      },
      sink: { made in
        let place = done % tilesOnPage
        var current =
          sheet
          ?? ContactSheet(
            side: side, count: min(tilesOnPage, choices.count - done), columns: columns,
            hasCaptions: hasCaptions)
        sheet = nil
        current.place(made.tile, at: place)
        if let issue = made.issue { issues.append(issue) }
        done += 1
        meter.update(position: done, done: done, rejected: issues.count)
        if place == tilesOnPage - 1 || done == choices.count {
          try write((done - 1) / tilesOnPage + 1, current.image)
        } else {
          sheet = current
        }
      })
    meter.finish()
    return issues
  }
}

/// Makes single tiles; one a thread.
private final class TilePainter {
  private let plan: SheetPages
  private let images: ImageStore?
  private let portrait: FacePortrait
  private let decoder: ImageDecoder
  private let headers: ImageHeaderReader

  init(plan: SheetPages, images: ImageStore?, portrait: FacePortrait) {
    decoder = ImageDecoder(limit: plan.pixelLimit)
    headers = ImageHeaderReader(limit: plan.pixelLimit)
    (self.plan, self.images, self.portrait) = (plan, images, portrait)
  }

  func tile(
    _ record: ImageRecord, face: Int, held: [UInt8]?
  ) -> (tile: ContactSheet.Tile, issue: RecordIssue?) {
    let captions = plan.imagesWhole ? imageCaptions(record) : faceCaptions(record, face)
    do throws(ImageStore.Failure) {
      let photograph = try photograph(record, face, held)
      let picture =
        plan.imagesWhole
        ? portrait.picture(
          of: record, in: photograph, longSide: plan.side, overlays: plan.overlays)
        : portrait.picture(
          ofFace: face, of: record, in: photograph, side: plan.side, overlays: plan.overlays)
      return (ContactSheet.Tile(picture, captions: captions), nil)
    } catch {
      let issue = RecordIssue(error, imageOf: record)
      let words = issue.code.rawValue.replacing("-", with: " ")
      return (
        ContactSheet.Tile(
          ContactSheet.notice(words, side: plan.side), captions: captions), issue
      )
    }
  }

  private func photograph(
    _ record: ImageRecord, _ face: Int, _ held: [UInt8]?
  ) throws(ImageStore.Failure) -> Photograph {
    do {
      let stored: StoredImage
      if let held {
        stored = try StoredImage(bytes: held, with: headers)
      } else if let images {
        stored = try images.open(record.image.path, with: headers)
      } else {
        throw ImageStore.Failure.missing(nil)
      }
      let size = SIMD2(stored.header.width, stored.header.height)
      let longSide =
        plan.imagesWhole
        ? plan.side
        : FacePortrait.longSide(forFace: record.faces[face], side: plan.side, size: size)
      let decoded = try stored.bytes().withUnsafeBytes {
        try decoder.image($0, longSideAtLeast: longSide).image
      }
      return Photograph(decoded, size: size)
    } catch let failure as ImageStore.Failure {
      throw failure
    } catch let error as ImageError {
      throw .broken(error)
    } catch {
      throw .unreadable("\(error)")
    }
  }

  /// The name without folder and ending.
  private func stem(_ record: ImageRecord) -> String {
    let name = record.image.path.split(separator: "/").last ?? ""
    return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
  }

  private func imageCaptions(_ record: ImageRecord) -> [String] {
    let size = record.image.width.flatMap { width in
      record.image.height.map { "\(width) x \($0)" }
    }
    let faces = counted(record.faces.count, "face")
    let posed = record.faces.count { $0.pose != nil }
    return [stem(record), size ?? "", "\(faces), \(posed) with a pose"]
  }

  private func faceCaptions(_ record: ImageRecord, _ index: Int) -> [String] {
    let face = record.faces[index]
    let name = stem(record) + (record.faces.count > 1 ? " #\(index + 1)" : "")
    func whole(_ number: Double) -> String {
      Int(exactly: number.rounded()).map { "\($0)" } ?? "?"
    }
    var angles = "no pose"
    if let pose = face.pose {
      let found = EulerConvention.aflw.angles(of: pose.rotation).inDegrees
      angles = "yaw \(whole(found.yaw)) pitch \(whole(found.pitch)) roll \(whole(found.roll))"
    }
    var last = whole(max(face.box.width, face.box.height)) + " px"
    if let error = face.fit?.relativeError, let tenths = Int(exactly: (1000 * error).rounded()) {
      last += ", error \(tenths / 10).\(tenths % 10) %"
    }
    return [name, angles, last]
  }
}
