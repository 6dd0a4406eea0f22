internal import Codecs
public import Geometry
internal import Schema

/// Cameras from a user's file: one for all images, or one for each.
///
/// The file is either a matrix as text, three rows of `fx 0 cx`, `0 fy cy`, `0 0 1`, or JSON Lines of
/// objects with `fx`, `fy`, `cx`, `cy` in pixels (0-based, from the centre of the top-left pixel). If there are
/// several, each also has `path`, the image's path as in the annotations.
public struct CameraTable: Sendable {
  private var common: Intrinsics?
  private var byPath: [String: Intrinsics] = [:]

  /// The camera of an image; nil where the file has none for it.
  public func intrinsics(forImageAt path: String) -> Intrinsics? { byPath[path] ?? common }

  /// Reads a file of cameras.
  ///
  /// - Throws: `CameraTableError` at the first line that is not a camera; `FileError` where the file cannot be read.
  public init(contentsOf path: String) throws {
    let name = SourceLocation.fileName(of: path)
    let text = try MappedFile(path: path).withBytes { String(decoding: $0, as: UTF8.self) }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated().map { (number: $0.offset + 1, text: String($0.element)) }
      .filter { !$0.text.allSatisfy(\.isWhitespace) }
    guard let first = lines.first else {
      throw CameraTableError(SourceLocation(file: name), "expected a camera, found an empty file")
    }
    if first.text.drop(while: \.isWhitespace).first == "{" {
      for line in lines {
        try add(json: line.text, at: SourceLocation(file: name, line: line.number))
      }
    } else {
      common = try Self.matrix(
        lines.map(\.text), at: SourceLocation(file: name, line: first.number))
    }
  }

  private mutating func add(json text: String, at location: SourceLocation) throws {
    let value: JSONValue
    do {
      value = try JSONParser.value(of: text)
    } catch {
      throw CameraTableError(location, "\(error)")
    }
    if case .object(let members) = value {
      for (name, _) in members where !Self.members.contains(name) {
        throw CameraTableError(
          location,
          "\(name): expected \(Self.members.joined(separator: ", ")) alone, found another member; lens distortion is not modelled, and an image's name is its 'path'"
        )
      }
    }
    func number(_ name: String) throws -> Double {
      guard let number = value[name]?.number else {
        throw CameraTableError(
          location, "\(name): expected a number of pixels, found \(value[name]?.kind ?? "none")")
      }
      return number
    }
    let camera = try Self.checked(
      Intrinsics(
        focalLength: SIMD2(try number("fx"), try number("fy")),
        principalPoint: SIMD2(try number("cx"), try number("cy"))), at: location)
    if let path = value["path"]?.text {
      guard byPath.updateValue(camera, forKey: path) == nil else {
        throw CameraTableError(location, "path: expected each image once, found '\(path)' again")
      }
    } else {
      guard common == nil else {
        throw CameraTableError(
          location, "path: expected one in each of several cameras, found none")
      }
      common = camera
    }
  }

  private static let members = ["fx", "fy", "cx", "cy", "path"]

  private static func matrix(
    _ lines: [String], at location: SourceLocation
  ) throws -> Intrinsics {
    let rows = lines.map { line in
      line.split { $0.isWhitespace || $0 == "," }.compactMap { Double($0) }
    }
    let count = rows.reduce(0) { $0 + $1.count }
    guard rows.count == 3, rows.allSatisfy({ $0.count == 3 }) else {
      throw CameraTableError(
        location,
        "camera: expected 3 rows of 3 numbers or lines of JSON, found \(rows.count) line\(rows.count == 1 ? "" : "s") and \(count) numbers"
      )
    }
    guard rows[0][1] == 0, rows[1][0] == 0, rows[2] == [0, 0, 1] else {
      throw CameraTableError(
        location, "camera: expected rows 'fx 0 cx', '0 fy cy' and '0 0 1', found other entries")
    }
    return try checked(
      Intrinsics(
        focalLength: SIMD2(rows[0][0], rows[1][1]), principalPoint: SIMD2(rows[0][2], rows[1][2])),
      at: location)
  }

  private static func checked(
    _ camera: Intrinsics, at location: SourceLocation
  ) throws -> Intrinsics {
    for (name, values, range) in [
      ("fx, fy", camera.focalLength, PlausibleRange.focalLength),
      ("cx, cy", camera.principalPoint, .coordinate),
    ] where !range.contains(values) {
      throw CameraTableError(
        location, "\(name): expected \(range.text), found \(values.x), \(values.y)")
    }
    return camera
  }
}

/// Where and how a file of cameras is wrong.
public struct CameraTableError: Error, CustomStringConvertible {
  public let description: String

  init(_ location: SourceLocation, _ detail: String) {
    description = "\(location.file)\(location.line.map { ":\($0)" } ?? ""): \(detail)"
  }
}
