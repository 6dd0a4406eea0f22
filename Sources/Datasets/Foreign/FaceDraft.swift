internal import Codecs
public import Geometry
public import Schema

/// A face as a foreign file describes it, from which a record's face is made.
public struct FaceDraft {
  /// Where a box comes from that was not annotated as one. The raw value is that of the attribute `bbox_from`.
  public enum BoxOrigin: String, Sendable {
    /// The bounds of the landmarks.
    case landmarks
    /// The bounds of a box that is turned.
    case rotated
    /// The bounds of an ellipse.
    case ellipse
    /// The whole image, for crops of one face.
    case wholeImage = "whole-image"
  }

  /// In 0-based pixels; nil where none is annotated.
  public var box: BoundingBox?
  /// Nil for an annotated box.
  public var boxOrigin: BoxOrigin?
  /// In a layout that records have; nil where the points are of no such layout, or none are annotated.
  public var landmarks: Landmarks?
  /// All points, also those of no layout that records have, in 0-based pixels. A face without a box has their bounds;
  /// where there is one (`hasBox`), nobody asks for them.
  public var points: [SIMD2<Double>] = []
  /// With its translation in metres; nil where none is annotated, and for angles alone.
  public var pose: HeadPose?
  /// In degrees.
  private(set) var angles: EulerAngles?
  /// What the angles mean; nil for what the options say.
  private var convention: EulerConvention?
  /// The translation that goes with the angles, in metres in canonical axes; nil where there is none.
  var anglesPlace: SIMD3<Double>?
  /// Where angles come from.
  public var anglesProvenance = HeadPose.Provenance.annotation
  /// What is known of the face beside its geometry.
  public var attributes = FaceAttributes()
  /// What else the file says, to be kept where the options say so.
  public var native: [(key: String, value: JSONValue)] = []
  /// The 1-based line of the face; 0 where it is not known.
  public var line = 0

  /// A face of which nothing is known.
  public init() {}

  /// Whether there is a box with a width or a height. A face of neither gets the bounds of its points.
  var hasBox: Bool { box.map { $0.width != 0 || $0.height != 0 } ?? false }

  /// Whether there is a pose, or angles of one.
  public var hasPose: Bool { pose != nil || angles != nil }

  /// Whether nothing but a pose is known, so that nothing says which face of the image it is.
  var isPoseAlone: Bool {
    boxOrigin == .wholeImage || hasPose && !hasBox && points.isEmpty && landmarks == nil
  }

  /// Adds an attribute of the file's own. One that is named as a usual attribute of records, which have other meanings
  /// and types, is called `annotated_` and its name.
  public mutating func add(_ name: String, _ value: JSONValue) {
    let own = Self.usualNames.contains(name) ? "annotated_\(name)" : name
    attributes.others.append(.init(name: own, value: value))
  }

  /// Keeps points that no layout has all of, as pairs under `native`.
  mutating func keep(points: [SIMD2<Double>]) {
    native.append(("points", .array(points.map { .array([.double($0.x), .double($0.y)]) })))
  }

  private static let usualNames: Set<String> = [
    "blur", "expression", "illumination", "invalid", "occlusion", "pose", "quality", "ignore",
    "score", "easy", "medium", "hard", "degenerate", "bbox_from",
  ]

  /// Sets a pose of angles alone, in degrees. They stay as attribute, for beyond 90 degrees of yaw a rotation gives other
  /// ones.
  ///
  /// - Parameters:
  ///   - pitch: as the convention means it.
  ///   - yaw: likewise.
  ///   - roll: likewise.
  ///   - convention: nil where the form does not tell it, but the options.
  public mutating func setAngles(
    pitch: Double, yaw: Double, roll: Double, _ convention: EulerConvention? = nil
  ) {
    (angles, self.convention) = (EulerAngles(pitch: pitch, yaw: yaw, roll: roll), convention)
  }

  /// The record's face, or why there is none; issues say what of it could not be used.
  ///
  /// - Parameters:
  ///   - number: the face's number in its image, from 1.
  ///   - place: the image's place in the file.
  ///   - size: the image's, in pixels, where it is known.
  ///   - options: how the file is read.
  ///   - issues: gets what could not be used.
  public func face(
    _ number: Int, at place: SourceLocation, size: SIMD2<Int>? = nil, _ options: ReadingOptions,
    _ issues: inout [RecordIssue]
  ) -> Face? {
    var place = place
    if line > 0 { place.line = line }
    var (landmarks, attributes) = (landmarks, attributes)
    removeImplausible(from: &landmarks, number, place, &issues)
    var origin = boxOrigin
    var box = box
    if !hasBox, let bounds = bounds(of: landmarks) { (box, origin) = (bounds, .landmarks) }
    if box == nil, pose != nil || angles != nil {
      // A face that is known by its pose alone: of a crop, or a prediction without a box.
      let size = size ?? .zero
      box = BoundingBox(x: 0, y: 0, width: Double(size.x), height: Double(size.y))
      origin = .wholeImage
      if size == .zero { attributes.degenerate = true }
    }
    guard let box else {
      issues.append(
        RecordIssue(
          .malformedRecord, at: place, "face \(number): expected a box or points, found neither"))
      return nil
    }
    guard box.isPlausible else {
      issues.append(
        RecordIssue(
          .malformedRecord, at: place,
          "box \(number): expected \(PlausibleRange.coordinate.text), found \(box.sizeText) at \(box.left), \(box.top)"
        ))
      return nil
    }
    if box.isDegenerate, attributes.degenerate != true {
      attributes.degenerate = true
      issues.append(
        RecordIssue(
          .degenerateBox, at: place,
          "box \(number): expected a width and height above 0, found \(box.sizeText)"))
    }
    if let origin {
      attributes.others.append(.init(name: "bbox_from", value: .text(origin.rawValue)))
    }
    var pose = pose
    if let angles, Self.areAngles(angles, number, place, &issues) {
      pose = read(angles, convention ?? options.eulerConvention, into: &attributes)
    }
    var face = Face(box: box, sourceLine: Int32(clamping: line))
    face.landmarks = landmarks.flatMap { $0.presentCount > 0 ? $0 : nil }
    (face.pose, face.attributes) = (pose, attributes)
    face.native = options.kept(native)
    if !face.attributes.others.isEmpty { face.attributes.others.removeAll { !$0.value.isFinite } }
    return face
  }

  /// The rotation of angles, which are kept as attribute.
  private func read(
    _ angles: EulerAngles, _ convention: EulerConvention, into attributes: inout FaceAttributes
  ) -> HeadPose {
    attributes.others.append(
      .init(
        name: FaceAttributes.eulerName(convention),
        value: .object(convention.order.map { ($0.rawValue, .double(angles[$0])) })))
    return HeadPose(
      rotationVector: convention.rotation(of: angles.inRadians).rotationVector,
      translation: anglesPlace,
      frame: .bfm, provenance: anglesProvenance)
  }

  private static func areAngles(
    _ angles: EulerAngles, _ number: Int, _ place: SourceLocation, _ issues: inout [RecordIssue]
  ) -> Bool {
    let all = EulerAngles.Name.allCases.map { angles[$0] }
    if all.allSatisfy({ $0.magnitude <= 360 }) { return true }
    issues.append(
      RecordIssue(
        .missingPose, at: place,
        "face \(number), angles: expected degrees from -360 to 360, found \(all.map(\.description).joined(separator: ", "))"
      ))
    return false
  }

  private func bounds(of landmarks: Landmarks?) -> BoundingBox? {
    let present = landmarks.map { all in (0..<all.count).compactMap(all.position) } ?? []
    return BoundingBox(
      around: points.filter { PlausibleRange.coordinate.contains($0) } + present)
  }

  private func removeImplausible(
    from landmarks: inout Landmarks?, _ number: Int, _ place: SourceLocation,
    _ issues: inout [RecordIssue]
  ) {
    guard let all = landmarks, !all.arePlausible else { return }
    for i in 0..<all.count {
      guard let point = all.position(i), !PlausibleRange.coordinate.contains(point) else {
        continue
      }
      landmarks?[i] = .missing
      issues.append(
        RecordIssue(
          .badLandmark, at: place,
          "face \(number), point \(i + 1): expected \(PlausibleRange.coordinate.text), found \(point.x), \(point.y)"
        ))
    }
  }
}

/// An image as a foreign file describes it, from which a record is made.
public struct ImageDraft {
  /// As the file names the image; it is spelt plainly in the record.
  public var path: String
  /// In pixels; nil where the file does not say it, or says 0.
  public var size: SIMD2<Int>?
  /// In pixels; nil where the file names none.
  public var camera: Camera?
  /// Where the file says it of each image; the user's own comes first.
  public var split: String?
  /// Faces that come before `faces` and that nothing is to be checked or said of: what readers make of usual ones at once.
  var finished: [Face] = []
  /// In their order in the file.
  public var faces: [FaceDraft] = []
  /// What else the file says of the image, to be kept where the options say so.
  public var native: [(key: String, value: JSONValue)] = []
  /// What is wrong with the image or its faces, with the place of each.
  public var issues: [RecordIssue] = []

  /// An image without faces.
  public init(path: String) { self.path = path }

  /// The record with its issues; without a record where the path cannot be used.
  ///
  /// - Parameters:
  ///   - source: its line, if it has one, is that of the image.
  ///   - file: the annotation file's name.
  ///   - options: how the file is read.
  public func outcome(_ source: RecordSource, in file: String, _ options: ReadingOptions) -> Outcome
  {
    // Its points were counted when they were read, and that is all.
    if options.sideVote?.isOpen == true { return .notes([]) }
    var issues = issues
    let place = SourceLocation(file: file, line: source.line)
    let plain = options.recordPath(of: path)
    switch ImagePathVerdict(plain) {
    case .plain, .withSpace: break
    case .refused(let problem):
      issues.append(RecordIssue(.unsafePath, at: place, problem))
      return Outcome(record: nil, issues: issues)
    }
    var image = ImageReference(path: plain)
    if let size {
      if PlausibleRange.imageSide.contains(SIMD2<Double>(size)) {
        (image.width, image.height) = (size.x, size.y)
      } else {
        issues.append(Self.strangeSize("\(size.x) x \(size.y)", at: place))
      }
    }
    let record = record(source, image, at: place, options, &issues)
    var outcome = Outcome(record: record, issues: issues)
    outcome.noteSpelling(of: path, options)
    if let url = outcome.address {
      outcome.record?.native = options.kept(native + [(key: "url", value: .text(url))])
    }
    return outcome
  }

  private func record(
    _ source: RecordSource, _ image: ImageReference, at place: SourceLocation,
    _ options: ReadingOptions, _ issues: inout [RecordIssue]
  ) -> ImageRecord {
    var source = source
    if let split, options.split == nil { source.split = split }
    var record = ImageRecord(source: source, image: image, camera: camera)
    record.faces = finished
    if !faces.isEmpty { record.faces.reserveCapacity(finished.count + faces.count) }
    for i in faces.indices {
      let number = record.faces.count + 1
      if let face = faces[i].face(number, at: place, size: size, options, &issues) {
        record.faces.append(face)
      }
    }
    if let doubt = repeatedPose(at: place) { issues.append(doubt) }
    record.native = options.kept(native)
    return record
  }

  /// Takes a size as a file states it. An empty text, 0 or nothing says that it is not known; a number may be given as text.
  mutating func setSize(_ width: String?, _ height: String?, at place: SourceLocation) {
    let sides = [width, height].map { $0 ?? "" }
    let numbers = sides.map { Double($0).flatMap { Int(exactly: $0) } }
    if sides.contains("") || numbers.contains(0) { return }
    if let x = numbers[0], let y = numbers[1], x > 0, y > 0 {
      size = SIMD2(x, y)
    } else {
      let found = sides.map { "'\($0.printable)'" }.joined(separator: " x ")
      issues.append(Self.strangeSize(found, at: place))
    }
  }

  private static func strangeSize(_ found: String, at place: SourceLocation) -> RecordIssue {
    RecordIssue(
      .malformedRecord, at: place,
      "image size: expected whole \(PlausibleRange.imageSide.text), found \(found.prefix(60)); it is left out"
    )
  }

  /// What is said of an image with several poses that nothing tells apart; nil where there are none.
  private func repeatedPose(at place: SourceLocation) -> RecordIssue? {
    guard faces.count > 1 else { return nil }
    let alone = faces.filter(\.isPoseAlone)
    guard alone.count > 1 else { return nil }
    var place = place
    if alone[1].line > 0 { place.line = alone[1].line }
    let lines = alone.prefix(4).map { "\($0.line)" }.joined(separator: ", ")
    let places =
      alone[0].line != alone[1].line
      ? ", in lines \(lines)\(alone.count > 4 ? " and others" : "")" : ""
    return RecordIssue(
      .conflictingAnnotation, at: place,
      "'\(path)': expected one pose, as there are no boxes to tell faces apart, found \(alone.count)\(places)"
    )
  }
}

extension JSONValue {
  /// The side of an image as a file states it, for `ImageDraft.setSize`; nil for null.
  var sideText: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    default: messageText
    }
  }
}

extension ReadingOptions {
  /// Members of the source as a record keeps them: without numbers that JSON cannot hold.
  func kept(_ members: [(key: String, value: JSONValue)]) -> NativeValue? {
    guard keepsNative, !members.isEmpty else { return nil }
    if members.allSatisfy(\.value.isFinite) { return .object(.object(members)) }
    let finite = members.filter(\.value.isFinite)
    return finite.isEmpty ? nil : .object(.object(finite))
  }
}
