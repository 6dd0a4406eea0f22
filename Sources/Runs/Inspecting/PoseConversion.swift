public import Geometry
internal import Schema

/// Reads poses in one notation, changes them as asked, and writes them in another.
public struct PoseConversion {
  /// The notation that is read.
  public var from: PoseNotation
  /// The notation that is written.
  public var to: PoseNotation
  /// What is done in between.
  public var changes: PoseChange
  /// The cameras that some notations need.
  public var scene: PoseNotation.Scene

  /// A conversion in a scene.
  public init(
    from: PoseNotation, to: PoseNotation, changes: PoseChange = PoseChange(),
    scene: PoseNotation.Scene
  ) {
    (self.from, self.to, self.changes, self.scene) = (from, to, changes, scene)
  }

  /// From standard input to standard output, a line a pose; empty lines stay empty.
  public func convertLines(_ print: (String) -> Void) throws {
    var number = 0
    while let line = readLine() {
      number += 1
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," || $0 == "\r" })
      let result =
        try words.isEmpty ? [] : converted(words, at: "standard input:\(number)")
      print(result.map { "\($0)" }.joined(separator: " ") + "\n")
    }
  }

  /// For people: named angles, matrices in rows.
  public func described(_ words: [some StringProtocol], at place: String) throws -> String {
    let numbers = try converted(words, at: place).map { number in
      let text = number.printed("%.6f")
      // What rounding leaves below zero is zero to a reader.
      return text == "-0.000000" ? "0.000000" : text
    }
    if case .euler(let convention) = to {
      return zip(convention.order, numbers).map { "\($0.rawValue) \($1)" }.joined(separator: "  ")
    }
    let width =
      switch to.count {
      case 16: 4
      case 7: 7
      default: 3
      }
    return stride(from: 0, to: numbers.count, by: width).map { start in
      numbers[start..<min(start + width, numbers.count)].joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func converted(_ words: [some StringProtocol], at place: String) throws -> [Double] {
    let numbers = try words.map { word in
      guard let number = Double(word), !number.isNaN else {
        throw RunFailure("\(place): \(from.name): expected numbers, found '\(word)'")
      }
      guard PlausibleRange.coordinate.contains(number) else {
        throw RunFailure(
          "\(place): \(from.name): expected \(PlausibleRange.coordinate.text), found '\(word)'")
      }
      return number
    }
    guard numbers.count == from.count else {
      throw RunFailure(
        "\(place): \(from.name): expected \(from.count) numbers (\(from.summary)), found \(numbers.count)"
      )
    }
    guard let pose = from.pose(of: numbers, in: scene) else {
      throw RunFailure(
        "\(place): \(from.name): expected a \(from.hasTranslation ? "pose" : "rotation"), found numbers that are none"
      )
    }
    let changed = try changes.applied(to: pose, at: place)
    guard let result = to.numbers(of: changed, in: scene) else {
      let (what, remedy) = missing(changed)
      throw RunFailure("\(place): \(to.name): expected \(what)", remedy: remedy)
    }
    return result
  }

  /// Why a pose cannot be written as `to`.
  private func missing(_ pose: PoseNotation.Pose) -> (what: String, RunFailure.Remedy?) {
    guard let translation = pose.translation else {
      return from == .numbers(.poseParameters)
        ? ("a translation, for which a camera is needed", .nameImageSize)
        : ("a translation, which \(from.name) does not have", nil)
    }
    return translation.z > 0
      ? ("a camera", .nameImageSize) : ("a pose in front of the camera, found one behind it", nil)
  }
}
