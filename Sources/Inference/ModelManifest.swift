internal import Codecs
internal import Schema

/// What a user says of a network of his own: a JSON object beside the model's file.
///
///     {"adapter": "3ddfa-v2",
///      "model": {"file": "mb1_120x120.onnx", "sha256": "..."},
///      "input": {"size": [120, 120], "channels": "bgr",
///                "mean": [127.5, 127.5, 127.5], "scale": [0.0078125, 0.0078125, 0.0078125]},
///      "outputs": {"parameters": "output"},
///      "numbers": {"mean": [...], "std": [...]}}
///
/// The network is given (value - mean) * scale, by channel in the order that `channels` says. A network of
/// several inputs has their names in "inputs", and what is a `.npy` file of its own is in "tables":
///
///      "inputs": {"image": "image", "choose": "choose"},
///      "tables": {"landmarks": {"file": "kpt_ind.npy", "sha256": "..."}}
///
/// Which inputs, outputs, numbers and tables there must be is the adapter's to say.
public struct ModelManifest: Sendable, Equatable {
  public enum Adapter: String, Sendable, CaseIterable {
    case tddfaV2 = "3ddfa-v2"
    case perspNet = "perspnet"
    case trg
  }
  public enum Channels: String, Sendable, CaseIterable { case rgb, bgr }

  public struct Input: Sendable, Equatable {
    public var width: Int
    public var height: Int
    public var channels: Channels
    public var mean: [Float]
    public var scale: [Float]
  }

  /// The manifest's file name, for messages.
  public let name: String
  public let adapter: Adapter
  /// As the manifest has it, relative to its folder.
  public let file: String
  public let sha256: String
  public let input: Input
  let inputs: ManifestMember
  let outputs: ManifestMember
  let numbers: ManifestMember
  let tables: ManifestMember

  /// - Throws: `FileError`, or `InferenceError` that names the member which is wrong.
  public init(path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let value: JSONValue
    do {
      value = try MappedFile(path: path).withBytes { try JSONParser.value(of: $0) }
    } catch let error as JSONError {
      throw InferenceError(model: name, detail: error.description)
    }
    try self.init(ManifestMember(file: name, path: "", value: value))
  }

  init(_ root: ManifestMember) throws(InferenceError) {
    name = root.file
    try root.allowOnly(["adapter", "model", "input", "inputs", "outputs", "numbers", "tables"])
    adapter = try root.member("adapter").choice(Adapter.self)
    let model = try root.member("model")
    try model.allowOnly(["file", "sha256"])
    file = try model.member("file").text()
    sha256 = try model.member("sha256").digest()
    let input = try root.member("input")
    try input.allowOnly(["size", "channels", "mean", "scale"])
    let size = try input.member("size").sizes(count: 2)
    self.input = Input(
      width: size[0], height: size[1], channels: try input.member("channels").choice(Channels.self),
      mean: try input.member("mean").floats(count: 3),
      scale: try input.member("scale").floats(count: 3))
    outputs = try root.member("outputs")
    inputs = root.optionalMember("inputs")
    numbers = root.optionalMember("numbers")
    tables = root.optionalMember("tables")
  }
}

/// A member of a manifest and where it stands, so that what is wrong is named.
struct ManifestMember: Sendable, Equatable {
  let file: String
  /// "input.size"; empty for the whole.
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

  /// Where there is none, an object without members, so that what is looked for in it is named.
  func optionalMember(_ key: String) -> ManifestMember {
    ManifestMember(file: file, path: key, value: value[key] ?? .object([]))
  }

  /// A member that nothing reads is more likely misspelt than meant.
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

  func floats(count: Int) throws(InferenceError) -> [Float] {
    guard let elements = value.elements else {
      throw error("\(count) numbers", found: value.kind)
    }
    let floats = elements.compactMap { $0.number.map(Float.init) }.filter(\.isFinite)
    guard floats.count == elements.count else {
      throw error("\(count) numbers", found: "values that are none")
    }
    guard floats.count == count else { throw error("\(count) numbers", found: "\(floats.count)") }
    return floats
  }
}
