internal import Geometry

/// Why JSON is not a record. The text completes "records.jsonl:12: ...".
public struct RecordError: Error, Equatable, CustomStringConvertible {
  public let description: String
}

extension ImageRecord {
  /// Reads one line of JSON Lines. Members that the schema does not have are refused, as they would be lost.
  ///
  /// - Parameters:
  ///   - bytes: the line.
  ///   - keepsNative: whether `native` is kept, of the image and of its faces. It is checked all the same.
  /// - Throws: `JSONError` where the bytes are not JSON; `RecordError`, which names the member, where they are
  ///   not a record.
  public init(json bytes: UnsafeRawBufferPointer, keepsNative: Bool = true) throws {
    do {
      try self.init(scanning: bytes, keepsNative: keepsNative)
    } catch {
      try self.init(JSONParser.value(of: bytes))
      if !keepsNative { self = withoutNative }
    }
  }

  /// Reads a record from parsed JSON.
  ///
  /// - Throws: `RecordError`, which names the member, where it is not a record.
  public init(_ json: JSONValue) throws {
    let record = try RecordMembers(
      json, "record", ["schema", "id", "source", "image", "camera", "faces", "native"])
    let schema = try record.text("schema")
    guard schema == Self.schemaName else {
      throw record.mismatch("schema", "'\(Self.schemaName)'", "'\(schema)'")
    }
    self.init(
      id: try record.text("id"),
      source: try RecordSource(record.required("source")),
      image: try ImageReference(record.required("image")),
      camera: try record.optional("camera").map(Camera.init),
      faces: try record.elements("faces").map(Face.init),
      native: try record.optional("native").map(NativeValue.init))
  }
}

extension RecordSource {
  fileprivate init(_ json: JSONValue) throws {
    let source = try RecordMembers(json, "source", ["dataset", "split", "file", "line"])
    self.init(
      dataset: try source.text("dataset"), split: try source.optionalText("split"),
      file: try source.optionalText("file"), line: try source.optionalInteger("line"))
  }
}

extension ImageReference {
  fileprivate init(_ json: JSONValue) throws {
    let image = try RecordMembers(
      json, "image", ["path", "archive", "width", "height", "format", "orientation"])
    self.init(path: try image.text("path"))
    if case .refused(let reason) = ImagePathVerdict(path) { throw RecordError(description: reason) }
    archive = try image.optionalText("archive")
    width = try image.optionalInteger("width")
    height = try image.optionalInteger("height")
    format = try image.optionalText("format")
    orientation = try image.optionalInteger("orientation")
    let size = SIMD2(Double(width ?? 1), Double(height ?? 1))
    guard PlausibleRange.imageSide.contains(size) else {
      throw image.mismatch(
        "width and height", PlausibleRange.imageSide.text, "\(width ?? 0) x \(height ?? 0)")
    }
  }
}

extension Camera {
  fileprivate init(_ json: JSONValue) throws {
    let camera = try RecordMembers(
      json, "camera", ["fx", "fy", "cx", "cy", "provenance", "focal_sigma"])
    self.init(
      intrinsics: Intrinsics(
        focalLength: SIMD2(
          try camera.number("fx", .focalLength), try camera.number("fy", .focalLength)),
        principalPoint: SIMD2(
          try camera.number("cx", .coordinate), try camera.number("cy", .coordinate))),
      provenance: try camera.choice("provenance"),
      focalSigma: camera.optional("focal_sigma") == nil
        ? nil : try camera.number("focal_sigma", .ratio))
  }
}

extension Face {
  fileprivate init(_ json: JSONValue) throws {
    let face = try RecordMembers(
      json, "face", ["bbox_xyxy", "landmarks", "pose", "fit", "attributes", "native"])
    let box = try face.numbers("bbox_xyxy", count: 4, .coordinate)
    self.init(box: BoundingBox(left: box[0], top: box[1], right: box[2], bottom: box[3]))
    landmarks = try face.optional("landmarks").map(Landmarks.init)
    pose = try face.optional("pose").map(HeadPose.init)
    fit = try face.optional("fit").map(FitQuality.init)
    if let json = face.optional("attributes") { attributes = try FaceAttributes(json) }
    native = try face.optional("native").map(NativeValue.init)
  }
}

extension Landmarks {
  fileprivate init(_ json: JSONValue) throws {
    let landmarks = try RecordMembers(json, "landmarks", ["layout", "points", "visibility"])
    self.init(layout: try landmarks.choice("layout"))
    let points = try landmarks.elements("points")
    let visibility =
      try landmarks.optional("visibility") == nil ? nil : landmarks.elements("visibility")
    for (member, found) in [("points", points.count), ("visibility", visibility?.count ?? count)]
    where found != count {
      throw landmarks.mismatch(member, "\(count) of layout \(layout.rawValue)", "\(found)")
    }
    for i in 0..<count {
      if case .null = points[i] { continue }
      let state = visibility.map { $0[i].text.flatMap(Visibility.init(rawValue:)) } ?? .visible
      guard let pair = points[i].elements, pair.count == 2, let x = pair[0].number,
        let y = pair[1].number, let state, state != .missing
      else {
        throw landmarks.mismatch(
          "point \(i + 1)", "[x, y] with a visibility, or null for a missing one", points[i].kind)
      }
      let position = SIMD2(x, y)
      guard PlausibleRange.coordinate.contains(position) else {
        throw landmarks.mismatch("point \(i + 1)", PlausibleRange.coordinate.text, "\(x), \(y)")
      }
      self[i] = Point(position, state)
    }
  }
}

extension HeadPose {
  fileprivate init(_ json: JSONValue) throws {
    let pose = try RecordMembers(
      json, "pose", ["rotation_vector", "translation", "frame", "scale", "provenance"])
    let rotation = try pose.numbers("rotation_vector", count: 3, .rotation)
    let scale: HeadPose.Scale = try pose.choice("scale")
    let hasTranslation = pose.optional("translation") != nil
    guard hasTranslation == (scale != .none) else {
      throw pose.mismatch(
        "scale", hasTranslation ? "'measured' or 'assumed'" : "'none' without a translation",
        "'\(scale.rawValue)'")
    }
    let translation = try hasTranslation ? pose.numbers("translation", count: 3, .translation) : nil
    self.init(
      rotationVector: SIMD3(rotation[0], rotation[1], rotation[2]),
      translation: translation.map { SIMD3($0[0], $0[1], $0[2]) },
      frame: try pose.choice("frame"), scale: scale, provenance: try pose.choice("provenance"))
  }
}

extension FitQuality {
  fileprivate init(_ json: JSONValue) throws {
    let fit = try RecordMembers(
      json, "fit",
      [
        "solver", "points", "reprojection_rms_px", "relative_rms", "interocular_px",
        "rotation_sigma_deg", "translation_sigma", "flags",
      ])
    let points = try fit.integer("points")
    guard (0...Int(Int32.max)).contains(points) else {
      throw fit.mismatch("points", "a number of landmarks", "\(points)")
    }
    self.init(
      solver: try fit.choice("solver"), points: points,
      reprojectionError: try fit.number("reprojection_rms_px", .measure),
      interocularDistance: try fit.number("interocular_px", .measure),
      uncertainty: try Uncertainty(fit),
      flags: try fit.elements("flags").reduce(into: []) { flags, value in
        guard let named = Flags.named.first(where: { $0.name == value.text }) else {
          let names = Flags.named.map { "'\($0.name)'" }.joined(separator: ", ")
          throw fit.mismatch("flags", names, value.text.map { "'\($0)'" } ?? value.kind)
        }
        flags.insert(named.flag)
      })
    guard interocularDistance > 0, PlausibleRange.measure.contains(relativeError) else {
      throw fit.mismatch("interocular_px", "a positive number", "\(interocularDistance)")
    }
  }
}

extension FitQuality.Uncertainty {
  /// nil where the fit states none.
  fileprivate init?(_ fit: RecordMembers) throws {
    guard fit.optional("rotation_sigma_deg") != nil || fit.optional("translation_sigma") != nil
    else {
      return nil
    }
    func sigmas(_ member: String) throws -> SIMD3<Float> {
      let numbers = try fit.numbers(member, count: 3, .measure).map { Float($0) }
      guard numbers.allSatisfy({ $0 >= 0 }) else {
        throw fit.mismatch(member, "3 numbers of at least 0", "\(numbers)")
      }
      return SIMD3(numbers[0], numbers[1], numbers[2])
    }
    self.init(
      rotation: try sigmas("rotation_sigma_deg"), translation: try sigmas("translation_sigma"))
  }
}

extension FaceAttributes {
  fileprivate init(_ json: JSONValue) throws {
    self.init()
    let attributes = try RecordMembers(json, "attributes", nil)
    var known: Set<String> = []
    for (name, place) in Self.integers {
      known.insert("\(name)")
      self[place] = try attributes.optionalInteger("\(name)").map { number in
        guard let small = Int8(exactly: number) else {
          throw attributes.mismatch("\(name)", "a number from -128 to 127", "\(number)")
        }
        return small
      }
    }
    for (name, place) in Self.numbers {
      known.insert("\(name)")
      self[place] = try attributes.optional("\(name)").map { _ in
        try attributes.number("\(name)", .measure)
      }
    }
    for (name, place) in Self.flags {
      known.insert("\(name)")
      self[place] = try attributes.optionalFlag("\(name)")
    }
    others = try attributes.members.filter { !known.contains($0.key) }.map {
      guard $0.value.isFinite else {
        throw attributes.mismatch($0.key, "finite numbers", "NaN or Infinity")
      }
      return Other(name: $0.key, value: $0.value)
    }
  }
}

extension NativeValue {
  init(_ json: JSONValue) throws {
    let members = try RecordMembers(json, "native", nil).members
    guard json.isFinite else {
      throw RecordError(description: "native: expected finite numbers, found NaN or Infinity")
    }
    if members.count == 1 {
      switch (members[0].key, members[0].value) {
      case ("line", .text(let text)):
        self = .line(text[...])
        return
      case ("lines", .array(let values)) where values.allSatisfy({ $0.text != nil }):
        self = .lines(values.compactMap { $0.text?[...] })
        return
      default: break
      }
    }
    let arrays = members.compactMap { NativeArray(name: $0.key, $0.value) }
    self = arrays.count == members.count && !arrays.isEmpty ? .arrays(arrays) : .object(json)
  }
}

extension JSONValue {
  /// Whether it can be written as JSON. The parser accepts NaN and infinity, which JSON cannot express.
  public var isFinite: Bool {
    switch self {
    case .double(let number): number.isFinite
    case .array(let values): values.allSatisfy(\.isFinite)
    case .object(let members): members.allSatisfy(\.value.isFinite)
    case .null, .boolean, .integer, .text: true
    }
  }
}
