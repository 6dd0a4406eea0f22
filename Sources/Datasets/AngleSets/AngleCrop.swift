public import Codecs
internal import Geometry
public import Schema

/// A face as FSA-Net's tools cut it out, and its angles.
public struct AngleCrop: Sendable {
  /// 300W-LP's or AFLW2000-3D's folder (`AFW_Flip`, `AFLW2000`), or BIWI's sequence (`01`).
  var set: String
  /// The image's name in the set, by which the set is sorted.
  var name: String
  /// As the record names it.
  var split: String?
  /// side x side x 3 bytes, rows from the top, blue first as `cv2.imread` has it.
  var pixels: [UInt8]
  var isBiwi: Bool
  /// Yaw, pitch and roll in radians.
  var angles: SIMD3<Double>
}

/// Cuts faces out as FSA-Net's `TYY_create_db_type1.py` and `TYY_create_db_biwi.py` do.
///
/// - 300W-LP, AFLW2000-3D: the bounds of those points of `pt2d` that have x > 0, or y > 0 where that holds for
///   fewer, as stored (counted from 1), truncated; 0.6 of width and height are added on each side, truncated again,
///   at most to 0 and to the last pixel, and the last column and row are left out.
/// - BIWI: the record's box, truncated, with 0.4 on each side, likewise, and with the last column and row.
///
/// The part is resized as `cv2.resize` does.
public struct AngleCropEncoder: RecordEncoder {
  /// What became of a record.
  public enum Sample: Sendable {
    /// The crop of its face, and how many more faces it has.
    case crop(AngleCrop, others: Int)
    /// Why it has none.
    case leftOut(String)
  }

  private let form: AngleArrayWriter.Form
  /// Whoever opened the image has looked at its size.
  private let decoder = ImageDecoder(limit: PixelLimit(pixels: .max))
  private var scaler = BilinearScaler()

  init(_ form: AngleArrayWriter.Form) { self.form = form }

  /// - Throws: `RejectedRecord` where the crop would be empty, or the image is broken; `MissingImages`.
  public mutating func encode(_ record: ImageRecord, image: StoredImage?) throws -> Sample {
    guard let dataset = AngleDataset(record) else {
      return .leftOut(AngleDataset.refusal(of: record))
    }
    if form == .sixDRepNetBiwi, dataset != .biwi {
      return .leftOut(Self.listed(record))
    }
    guard let face = dataset == .biwi ? BiwiContent.face(of: record) : record.faces.first else {
      return .leftOut(record.faces.isEmpty ? "images without a face" : "images without a pose")
    }
    guard let angles = dataset.angles(of: record) else {
      return .leftOut(face.pose == nil ? "images without a pose" : "images without a camera")
    }
    guard let place = dataset.placeInSets(of: record) else {
      return .leftOut("images in no folder that names a set or sequence")
    }
    guard let image else { throw MissingImages() }
    let part: Part
    switch dataset {
    case .biwi: part = try Self.part(box: face.box, image.header, record)
    case .mat(let form):
      let content = MATFaceContent(record, form)
      // A record without a camera has no content, but may have the array.
      let changed = content.arrays.first { $0.name == "pt2d" }
      guard let points = changed ?? face.nativeArray("pt2d"), points.rows == 2 else {
        return .leftOut("images without the pt2d that the crop is made from")
      }
      part = try Self.part(points: points.doubles, image.header, record)
    }
    let crop = AngleCrop(
      set: place.set, name: place.name, split: record.source.split,
      pixels: try pixels(of: image, part, record), isBiwi: dataset == .biwi,
      angles: SIMD3(angles.yaw, angles.pitch, angles.roll))
    return .crop(crop, others: record.faces.count - 1)
  }

  /// Why 6DRepNet's form for BIWI leaves a record of 300W-LP or AFLW2000-3D out.
  static func listed(_ record: ImageRecord) -> String {
    "images of '\(record.source.dataset)', which 6DRepNet reads by a list (form 6drepnet)"
  }

  private typealias Part = (columns: Range<Int>, rows: Range<Int>)

  private static func part(
    points: [Double], _ header: ImageHeader, _ record: ImageRecord
  ) throws -> Part {
    let count = points.count / 2
    let (xs, ys) = (points.prefix(count), points.dropFirst(count).prefix(count))
    let byX = xs.map { $0 > 0 }, byY = ys.map { $0 > 0 }
    let isKept = byX.count { $0 } > byY.count { $0 } ? byY : byX
    let kept = zip(zip(xs, ys), isKept).filter(\.1).map { SIMD2($0.0.0, $0.0.1) }
    guard let bounds = BoundingBox(around: kept),
      kept.allSatisfy(PlausibleRange.coordinate.contains)
    else {
      throw rejected(
        record, .unusableLandmarks,
        "pt2d: expected points with \(PlausibleRange.coordinate.text) and above 0, found \(kept.isEmpty ? "none" : "others")"
      )
    }
    return try part(
      low: SIMD2(Int(bounds.left), Int(bounds.top)),
      high: SIMD2(Int(bounds.right), Int(bounds.bottom)), margin: 0.6, isEndKept: false, header,
      record)
  }

  private static func part(
    box: BoundingBox, _ header: ImageHeader, _ record: ImageRecord
  ) throws -> Part {
    guard let box = box.integers(inWidth: header.width, height: header.height) else {
      throw rejected(
        record, .degenerateBox,
        "box: expected one with area in the image of \(header.width) x \(header.height) pixels, found \(box.sizeText) at \(box.left.shortText), \(box.top.shortText)"
      )
    }
    return try part(
      low: SIMD2(box.left, box.top), high: SIMD2(box.right, box.bottom), margin: 0.4,
      isEndKept: true, header, record)
  }

  private static func part(
    low: SIMD2<Int>, high: SIMD2<Int>, margin: Double, isEndKept: Bool, _ header: ImageHeader,
    _ record: ImageRecord
  ) throws -> Part {
    func range(_ low: Int, _ high: Int, _ size: Int) -> Range<Int> {
      let added = margin * Double(high - low)
      let first = max(Int(Double(low) - added), 0)
      let last = min(Int(Double(high) + added), size - 1)
      return first..<max(first, isEndKept ? last + 1 : last)
    }
    let part = (
      columns: range(low.x, high.x, header.width), rows: range(low.y, high.y, header.height)
    )
    guard !part.columns.isEmpty, !part.rows.isEmpty else {
      throw rejected(
        record, .boxOutsideImage,
        "face: expected a part of the image of \(header.width) x \(header.height) pixels, found columns \(part.columns.lowerBound) to \(part.columns.upperBound) and rows \(part.rows.lowerBound) to \(part.rows.upperBound)"
      )
    }
    return part
  }

  private mutating func pixels(
    of image: StoredImage, _ part: Part, _ record: ImageRecord
  ) throws -> [UInt8] {
    let shown = try decoder.pixels(of: image, in: record, columns: part.columns, rows: part.rows)
    let side = form.side
    var pixels = [UInt8](repeating: 0, count: 3 * side * side)
    pixels.withUnsafeMutableBufferPointer { pixels in
      scaler.scale(shown, width: side, height: side) { y, row in
        let start = y * row.count
        for i in stride(from: 0, to: row.count, by: 3) {
          pixels[start &+ i] = row[i &+ 2]
          pixels[start &+ i &+ 1] = row[i &+ 1]
          pixels[start &+ i &+ 2] = row[i]
        }
      }
    }
    return pixels
  }

  private static func rejected(
    _ record: ImageRecord, _ code: RecordIssue.Code, _ detail: String
  ) -> RejectedRecord {
    let location = record.faces.isEmpty ? record.location : record.location(ofFace: 0)
    return RejectedRecord(RecordIssue(code, at: location, "'\(record.image.path)': \(detail)"))
  }
}

extension BoundingBox {
  /// The box with its sides truncated toward zero; nil where it is not plausible, or has no area in an image of this
  /// size.
  func integers(inWidth width: Int, height: Int) -> IntegerBox? {
    guard isPlausible, !misses(imageWidth: width, imageHeight: height),
      let box = IntegerBox(truncating: self), !box.isEmpty
    else { return nil }
    return box
  }
}

extension AngleDataset {
  /// The set that an image belongs to, and its name there; nil where it lies in no folder that says so.
  func placeInSets(of record: ImageRecord) -> (set: String, name: String)? {
    let name = record.image.path.split(separator: "/").last.map(String.init) ?? ""
    switch self {
    case .mat(.aflw2000): return ("AFLW2000", name)
    case .mat(.threeHundredWLP):
      let set = MATFacePaths(path: record.image.path).folderName
      return set.isEmpty ? nil : (set, name)
    case .biwi:
      guard let place = BiwiFile(record.image.path), place.kind != .pose, place.kind != .depth,
        let sequence = place.folder.split(separator: "/").last
      else { return nil }
      return (String(sequence), place.stem)
    }
  }
}
