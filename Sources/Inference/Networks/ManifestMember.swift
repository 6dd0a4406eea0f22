internal import Schema

/// A member of a manifest and its place there, so that error messages can name it.
struct ManifestMember: Sendable, Equatable {
  let file: String
  /// Such as "input.size"; empty for the whole manifest.
  let path: String
  let value: JSONValue

  func error(_ expected: String, found: String) -> InferenceError {
    let place = path.isEmpty ? "" : "'\(path)': "
    return InferenceError(model: file, detail: "\(place)expected \(expected), found \(found)")
  }

  func member(_ key: String) throws(InferenceError) -> ManifestMember {
    guard case .object = value else { throw error("an object", found: value.kind) }
    let path = path.isEmpty ? key : "\(path).\(key)"
    guard let member = value[key] else {
      throw InferenceError(model: file, detail: "'\(path)': expected a value, found none")
    }
    return ManifestMember(file: file, path: path, value: member)
  }

  /// Nil where there is no such member.
  func optionalMember(_ key: String) throws(InferenceError) -> ManifestMember? {
    guard case .object = value else { throw error("an object", found: value.kind) }
    return value[key] == nil ? nil : try member(key)
  }

  /// The elements of an array, which must not be empty.
  func members() throws(InferenceError) -> [ManifestMember] {
    guard let elements = value.elements, !elements.isEmpty else {
      throw error("an array that is not empty", found: value.elements == nil ? value.kind : "none")
    }
    return elements.enumerated().map {
      ManifestMember(file: file, path: "\(path)[\($0.offset)]", value: $0.element)
    }
  }

  /// Refuses members that nothing reads, for they are more likely misspelt than meant.
  func allowOnly(_ keys: [String]) throws(InferenceError) {
    guard case .object(let members) = value else { throw error("an object", found: value.kind) }
    if let other = members.first(where: { !keys.contains($0.key) }) {
      let expected = keys.isEmpty ? "no members" : "only " + keys.joined(separator: ", ")
      throw error(expected, found: "'\(other.key)'")
    }
  }

  func text() throws(InferenceError) -> String {
    guard let text = value.text else { throw error("text", found: value.kind) }
    guard !text.isEmpty else { throw error("text", found: "none") }
    return text
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type
  ) throws(InferenceError) -> Choice where Choice.RawValue == String {
    let text = try text()
    guard let choice = Choice(rawValue: text) else {
      let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
      throw error(words, found: "'\(text)'")
    }
    return choice
  }

  func digest() throws(InferenceError) -> String {
    let text = try text().lowercased()
    guard text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else {
      throw error("a SHA-256 of 64 hexadecimal digits", found: "'\(text)'")
    }
    return text
  }

  func sizes(count: Int) throws(InferenceError) -> [Int] {
    let sizes = value.elements?.map { if case .integer(let size) = $0 { size } else { 0 } }
    guard let sizes, sizes.count == count, sizes.allSatisfy((1...8192).contains) else {
      throw error("\(count) whole numbers from 1 to 8192", found: "others")
    }
    return sizes
  }

  /// - Parameter count: how many numbers there must be; nil for at least one.
  func doubles(count: Int? = nil) throws(InferenceError) -> [Double] {
    let expected = count.map { "\($0) numbers" } ?? "numbers"
    guard let elements = value.elements else { throw error(expected, found: value.kind) }
    let numbers = elements.compactMap(\.number).filter { $0.magnitude < 1e30 }
    guard numbers.count == elements.count else {
      throw error(expected, found: "values that are none")
    }
    guard numbers.count == count ?? max(1, numbers.count) else {
      throw error(expected, found: "\(numbers.count)")
    }
    return numbers
  }

  func floats(count: Int? = nil) throws(InferenceError) -> [Float] {
    try doubles(count: count).map(Float.init)
  }

  func fraction() throws(InferenceError) -> Double {
    guard let number = value.number, number > 0, number <= 1 else {
      throw error(
        "a number greater than 0 and at most 1",
        found: value.number.map { "\($0)" } ?? value.kind)
    }
    return number
  }

  func indices(count: Int) throws(InferenceError) -> [Int] {
    let indices = value.elements?.compactMap {
      if case .integer(let index) = $0 { index } else { nil }
    }
    guard let indices, indices.count == count, indices.allSatisfy((0..<1_000_000).contains) else {
      throw error("\(count) whole numbers from 0", found: "others")
    }
    return indices
  }
}
