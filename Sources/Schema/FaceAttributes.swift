/// What a dataset says about a face besides its geometry. A member that the source lacks is nil.
public struct FaceAttributes: Sendable, Equatable {
  /// WIDER FACE: 0 clear, 1 normal, 2 heavy blur.
  public var blur: Int8?
  /// WIDER FACE: 0 typical, 1 exaggerated expression.
  public var expression: Int8?
  /// WIDER FACE: 0 normal, 1 extreme illumination.
  public var illumination: Int8?
  /// WIDER FACE: whether its annotators could not use the face.
  public var invalid: Bool?
  /// WIDER FACE: 0 no, 1 partial, 2 heavy occlusion.
  public var occlusion: Int8?
  /// WIDER FACE: 0 typical, 1 atypical pose.
  public var pose: Int8?
  /// RetinaFace label.txt: the last number of a line.
  public var quality: Double?
  /// Detection lists with a fifth column: whether to leave the face out of training and tests.
  public var ignore: Bool?
  /// A detector's confidence.
  public var score: Double?
  /// WIDER FACE: whether the face counts in the level "easy" of its benchmark.
  public var easy: Bool?
  /// Likewise, in the level "medium".
  public var medium: Bool?
  /// Likewise, in the level "hard".
  public var hard: Bool?
  /// Whether the box has no area.
  public var degenerate: Bool?
  /// Members of other names, in the source's order.
  public var others: [Other] = []

  /// An attribute of a name that is not among the members.
  public struct Other: Sendable, Equatable {
    /// As in the record's JSON.
    public var name: String
    /// Any JSON without numbers that are not finite.
    public var value: JSONValue

    /// From a name and a value.
    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Without any attribute.
  public init() {}

  static let integers:
    [(name: StaticString, path: any WritableKeyPath<FaceAttributes, Int8?> & Sendable)] = [
      ("blur", \.blur), ("expression", \.expression), ("illumination", \.illumination),
      ("occlusion", \.occlusion), ("pose", \.pose),
    ]
  static let numbers:
    [(name: StaticString, path: any WritableKeyPath<FaceAttributes, Double?> & Sendable)] = [
      ("quality", \.quality), ("score", \.score),
    ]
  static let flags:
    [(name: StaticString, path: any WritableKeyPath<FaceAttributes, Bool?> & Sendable)] = [
      ("invalid", \.invalid), ("ignore", \.ignore), ("easy", \.easy), ("medium", \.medium),
      ("hard", \.hard), ("degenerate", \.degenerate),
    ]

  /// The names of all attributes that are present. `degenerate` is not among them, as the box shows it.
  public var presentNames: [String] {
    Self.integers.filter { self[keyPath: $0.path] != nil }.map { "\($0.name)" }
      + Self.numbers.filter { self[keyPath: $0.path] != nil }.map { "\($0.name)" }
      + Self.flags.filter { self[keyPath: $0.path] != nil }.map { "\($0.name)" }
      .filter { $0 != "degenerate" } + others.map(\.name)
  }

  /// Takes over attributes that only `other` has.
  ///
  /// - Returns: the names of attributes on which the two disagree. This one's values stay.
  public mutating func merge(_ other: FaceAttributes) -> [String] {
    var conflicts: [String] = []
    func merge<Value: Equatable>(_ mine: inout Value?, _ theirs: Value?, _ name: StaticString) {
      if mine == nil {
        mine = theirs
      } else if let theirs, mine != theirs {
        conflicts.append("\(name)")
      }
    }
    for (name, path) in Self.integers { merge(&self[keyPath: path], other[keyPath: path], name) }
    for (name, path) in Self.numbers { merge(&self[keyPath: path], other[keyPath: path], name) }
    for (name, path) in Self.flags { merge(&self[keyPath: path], other[keyPath: path], name) }
    for member in other.others {
      if let mine = others.first(where: { $0.name == member.name }) {
        if mine != member { conflicts.append(member.name) }
      } else {
        others.append(member)
      }
    }
    return conflicts
  }
}
