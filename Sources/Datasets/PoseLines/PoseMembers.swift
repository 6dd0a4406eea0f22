internal import Schema

/// The members of a JSON object and of the objects and lists in it, by plain names. A member of an object in it is found by
/// the end of its path: `pose.yaw` as `pose_yaw` and as `yaw`.
struct PoseMembers {
  private struct Member {
    var path: String
    var value: JSONValue
  }

  private var members: [String: [Member]] = [:]
  /// Plain names at the top, in the object's order, of members that are not null.
  private(set) var top: [String] = []

  private static let deepest = 4
  private static let longestList = 16

  init(_ object: JSONValue) {
    guard case .object(let list) = object else { return }
    top = list.compactMap { $0.value == .null ? nil : CSVHeader.plain($0.key) }
    add(list, path: [])
  }

  private mutating func add(_ list: [(key: String, value: JSONValue)], path: [String]) {
    for (key, value) in list {
      let path = path + [CSVHeader.plain(key)]
      enter(value, path)
      switch value {
      case .object(let inner) where path.count < Self.deepest: add(inner, path: path)
      case .array: addNumbers(of: value, path)
      default: break
      }
    }
  }

  /// Numbers of a list are found by the names that a table gives them: by their place, as x, y, z, and as a name that ends in
  /// `wxyz` or `xyzw` orders them.
  private mutating func addNumbers(of value: JSONValue, _ path: [String]) {
    guard let numbers = Self.numbers(of: value), let name = path.last else { return }
    let values = numbers.map { JSONValue.double($0) }
    for (i, value) in values.enumerated() { enter(value, path + ["\(i)"]) }
    if values.count == 3 {
      for (axis, value) in zip(["x", "y", "z"], values) { enter(value, path + [axis]) }
    }
    for order in ["wxyz", "xyzw"] where values.count == 4 && name.hasSuffix(order) {
      let stem = name.dropLast(4).split(separator: "_").joined(separator: "_")
      for (part, value) in zip(order, values) {
        enter(value, path.dropLast() + [stem.isEmpty ? "q" : stem, String(part)])
      }
    }
  }

  private mutating func enter(_ value: JSONValue, _ path: [String]) {
    let member = Member(path: path.joined(separator: "."), value: value)
    for first in path.indices {
      members[path[first...].joined(separator: "_"), default: []].append(member)
    }
  }

  /// The numbers of a list, whose rows follow each other; nil where it is none, is too long or holds other values.
  static func numbers(of value: JSONValue?) -> [Double]? {
    guard let list = value?.elements, list.count <= longestList else { return nil }
    var numbers: [Double] = []
    for element in list {
      if let number = element.number {
        numbers.append(number)
      } else if let row = Self.numbers(of: element) {
        numbers += row
      } else {
        return nil
      }
    }
    return numbers.allSatisfy(\.isFinite) && numbers.count <= longestList ? numbers : nil
  }

  /// Whether there is such a member that is not null.
  func has(_ name: String) -> Bool { members[name]?.contains { $0.value != .null } == true }

  /// The member of a name; nil where there is none, or null. One at the top counts before others.
  ///
  /// - Throws: `RowProblem` where several objects have it.
  func value(_ name: String) throws(RowProblem) -> JSONValue? {
    let found = (members[name] ?? []).filter { $0.value != .null }
    if let own = found.first(where: { $0.path == name }) { return own.value }
    guard found.count < 2 else {
      throw RowProblem(
        expected: "one '\(name)'",
        found: found.prefix(4).map { "'\($0.path.printable)'" }.joined(separator: ", "))
    }
    return found.first?.value
  }

  /// The first of these names that there is.
  func first(_ names: [String]) -> String? { names.first(where: has) }

  /// A number; nil where there is none.
  ///
  /// - Throws: `RowProblem` for another value, one that is not finite included.
  func number(_ name: String) throws(RowProblem) -> Double? {
    guard let value = try value(name) else { return nil }
    guard let number = value.number, number.isFinite else {
      throw RowProblem(
        expected: "a number as '\(name)'", found: String(value.messageText.prefix(40)))
    }
    return number
  }
}
