internal import Geometry

// Records as `ImageRecord.write` writes them: members in its order, each once. White space may be anywhere.
extension ImageRecord {
  /// - Parameter keepsNative: whether `native` is kept; it is checked all the same.
  /// - Throws: `OtherShape` where the bytes are anything else, right or wrong.
  init(
    scanning bytes: UnsafeRawBufferPointer, keepsNative: Bool
  ) throws(JSONScanner.OtherShape) {
    var json = JSONScanner(bytes)
    try json.enter("{")
    try json.require("schema")
    guard json.takes(text: "sixdof.image/1") else { throw JSONScanner.OtherShape() }
    try json.require("id")
    let id = try json.text()
    try json.require("source")
    let source = try RecordSource(scanning: &json)
    try json.require("image")
    let image = try ImageReference(scanning: &json)
    let camera = json.hasValue("camera") ? try Camera(scanning: &json) : nil
    try json.require("faces")
    try json.enter("[")
    var faces: [Face] = []
    while try json.hasElement() {
      faces.append(try Face(scanning: &json, keepsNative: keepsNative))
    }
    let native = try NativeValue.scanned(in: &json, depth: 1, isKept: keepsNative)
    try json.leave("}")
    try json.end()
    self.init(
      id: id, source: source, image: image, camera: camera, faces: faces, native: native)
  }
}

extension RecordSource {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    try json.enter("{")
    try json.require("dataset")
    self.init(dataset: try json.text())
    split = try json.optionalText("split")
    file = try json.optionalText("file")
    line = try json.optionalInteger("line")
    try json.leave("}")
  }
}

extension ImageReference {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    try json.enter("{")
    try json.require("path")
    self.init(path: try json.text())
    if case .refused = ImagePathVerdict(path) { throw JSONScanner.OtherShape() }
    archive = try json.optionalText("archive")
    width = try json.optionalInteger("width")
    height = try json.optionalInteger("height")
    format = try json.optionalText("format")
    orientation = try json.optionalInteger("orientation")
    try json.leave("}")
    guard PlausibleRange.imageSide.contains(SIMD2(Double(width ?? 1), Double(height ?? 1))) else {
      throw JSONScanner.OtherShape()
    }
  }
}

extension Camera {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    func number(_ name: StaticString, _ range: PlausibleRange) throws(JSONScanner.OtherShape)
      -> Double
    {
      try json.require(name)
      return try json.number(range)
    }
    try json.enter("{")
    let focalLength = SIMD2(try number("fx", .focalLength), try number("fy", .focalLength))
    let centre = SIMD2(try number("cx", .coordinate), try number("cy", .coordinate))
    try json.require("provenance")
    self.init(
      intrinsics: Intrinsics(focalLength: focalLength, principalPoint: centre),
      provenance: try json.choice(.assumedWidthPlusHeight, "assumed-width-plus-height"))
    if json.hasValue("focal_sigma") { focalSigma = try json.number(.ratio) }
    try json.leave("}")
  }
}

extension Face {
  fileprivate init(
    scanning json: inout JSONScanner, keepsNative: Bool
  ) throws(JSONScanner.OtherShape) {
    try json.enter("{")
    try json.require("bbox_xyxy")
    try json.enter("[")
    self.init(
      box: BoundingBox(
        left: try json.next(.coordinate), top: try json.next(.coordinate),
        right: try json.next(.coordinate), bottom: try json.next(.coordinate)))
    try json.leave("]")
    landmarks = json.hasValue("landmarks") ? try Landmarks(scanning: &json) : nil
    pose = json.hasValue("pose") ? try HeadPose(scanning: &json) : nil
    fit = json.hasValue("fit") ? try FitQuality(scanning: &json) : nil
    if json.hasValue("attributes") { attributes = try FaceAttributes(scanning: &json) }
    native = try NativeValue.scanned(in: &json, depth: 3, isKept: keepsNative)
    try json.leave("}")
  }
}

extension Landmarks {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    try json.enter("{")
    try json.require("layout")
    self.init(layout: try json.choice(.face5, "face-5"))
    try json.require("points")
    try json.enter("[")
    for i in 0..<count {
      guard try json.hasElement() else { throw JSONScanner.OtherShape() }
      if !json.takesNull() { self[i] = Point(try json.pair(.coordinate)) }
    }
    try json.leave("]")
    if json.hasValue("visibility") {
      try json.enter("[")
      for i in 0..<count {
        guard try json.hasElement() else { throw JSONScanner.OtherShape() }
        try takeVisibility(of: i, from: &json)
      }
      try json.leave("]")
    }
    try json.leave("}")
  }

  /// Of a point whose place was taken before.
  @inline(__always)
  private mutating func takeVisibility(
    of index: Int, from json: inout JSONScanner
  ) throws(JSONScanner.OtherShape) {
    if json.takes(text: "visible") { return }
    let isThere = self[index].visibility != .missing
    if json.takes(text: "occluded") {
      if isThere { self[index].visibility = .occluded }
    } else {
      guard !isThere, json.takes(text: "missing") else { throw JSONScanner.OtherShape() }
    }
  }
}

extension HeadPose {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    try json.enter("{")
    try json.require("rotation_vector")
    let rotation = try json.triple(.rotation)
    let translation = json.hasValue("translation") ? try json.triple(.translation) : nil
    try json.require("frame")
    let frame: Frame = try json.choice(.bfm, "bfm")
    try json.require("scale")
    let scale: Scale = try json.choice(.assumed, "assumed")
    guard (translation != nil) == (scale != .none) else { throw JSONScanner.OtherShape() }
    try json.require("provenance")
    self.init(
      rotationVector: rotation, translation: translation, frame: frame, scale: scale,
      provenance: try json.choice(.pnp, "pnp"))
    try json.leave("}")
  }
}

extension FitQuality {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    try json.enter("{")
    try json.require("solver")
    let solver: Solver = try json.choice(.leastSquares, "least-squares")
    try json.require("points")
    let points = try json.integer()
    try json.require("reprojection_rms_px")
    let error = try json.number(.measure)
    if json.has("relative_rms") { try json.skipValue(depth: 4) }
    try json.require("interocular_px")
    let distance = try json.number(.measure)
    var uncertainty: Uncertainty?
    if json.hasValue("rotation_sigma_deg") {
      let rotation = SIMD3<Float>(try json.triple(.measure))
      try json.require("translation_sigma")
      let translation = SIMD3<Float>(try json.triple(.measure))
      guard rotation.min() >= 0, translation.min() >= 0 else { throw JSONScanner.OtherShape() }
      uncertainty = Uncertainty(rotation: rotation, translation: translation)
    }
    try json.require("flags")
    var flags: Flags = []
    try json.enter("[")
    while try json.hasElement() {
      let name = try json.text()
      guard let named = Flags.named.first(where: { $0.name == name }) else {
        throw JSONScanner.OtherShape()
      }
      flags.insert(named.flag)
    }
    try json.leave("}")
    guard (0...Int(Int32.max)).contains(points), distance > 0,
      PlausibleRange.measure.contains(error / distance)
    else { throw JSONScanner.OtherShape() }
    self.init(
      solver: solver, points: points, reprojectionError: error, interocularDistance: distance,
      uncertainty: uncertainty, flags: flags)
  }
}

extension FaceAttributes {
  fileprivate init(scanning json: inout JSONScanner) throws(JSONScanner.OtherShape) {
    self.init()
    try json.enter("{")
    while let name = try json.nextName() {
      if let place = Self.integers.first(where: { name == $0.name })?.place {
        guard self[place] == nil, let small = Int8(exactly: try json.integer()) else {
          throw JSONScanner.OtherShape()
        }
        self[place] = small
      } else if let place = Self.numbers.first(where: { name == $0.name })?.place {
        guard self[place] == nil else { throw JSONScanner.OtherShape() }
        self[place] = try json.number(.measure)
      } else if let place = Self.flags.first(where: { name == $0.name })?.place {
        guard self[place] == nil else { throw JSONScanner.OtherShape() }
        self[place] = try json.flag()
      } else {
        let value = try json.value(depth: 4)
        guard value.isFinite else { throw JSONScanner.OtherShape() }
        others.append(Other(name: String(decoding: name, as: UTF8.self), value: value))
      }
    }
  }
}

extension NativeValue {
  /// The member `native`; nil where there is none, or where it is not kept.
  fileprivate static func scanned(
    in json: inout JSONScanner, depth: Int, isKept: Bool
  ) throws(JSONScanner.OtherShape) -> NativeValue? {
    guard json.hasValue("native") else { return nil }
    guard isKept else {
      guard json.comes("{") else { throw JSONScanner.OtherShape() }
      try json.skipValue(depth: depth)
      return nil
    }
    let start = json.position
    if let lines = try? Self.lines(in: &json) { return lines }
    json.move(to: start)
    let value = try json.value(depth: depth)
    do {
      return try NativeValue(value)
    } catch {
      throw JSONScanner.OtherShape()
    }
  }

  /// The two forms that are lines of the source.
  private static func lines(
    in json: inout JSONScanner
  ) throws(JSONScanner.OtherShape) -> NativeValue {
    try json.enter("{")
    if json.has("line") {
      let line = try json.text()
      try json.leave("}")
      return .line(line[...])
    }
    try json.require("lines")
    try json.enter("[")
    var lines: [Substring] = []
    while try json.hasElement() { lines.append(try json.text()[...]) }
    try json.leave("}")
    return .lines(lines)
  }
}
