/// What a dataset says of a face beside its geometry; a member that the source lacks is nil.
public struct FaceAttributes: Sendable, Equatable {
  /// WIDER FACE: 0 clear, 1 normal, 2 heavy.
  public var blur: Int8?
  /// WIDER FACE: 1 exaggerated.
  public var expression: Int8?
  /// WIDER FACE: 1 extreme.
  public var illumination: Int8?
  /// WIDER FACE: a face its annotators could not use.
  public var invalid: Bool?
  /// WIDER FACE: 0 none, 1 partial, 2 heavy.
  public var occlusion: Int8?
  /// WIDER FACE: 1 atypical.
  public var pose: Int8?
  /// RetinaFace label.txt: its last number.
  public var quality: Double?
  /// Detection lists with a fifth column: a face to leave out of training and tests.
  public var ignore: Bool?
  /// A detector's confidence.
  public var score: Double?
  /// WIDER FACE: whether the face counts in each level of its benchmark.
  public var easy: Bool?
  public var medium: Bool?
  public var hard: Bool?
  /// The box has no area.
  public var degenerate: Bool?
  /// Members of other names, in the source's order.
  public var others: [Other] = []

  public struct Other: Sendable, Equatable {
    public var name: String
    public var value: JSONValue

    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

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

  /// The names of those that are there; `degenerate`, which the box tells, is none of them.
  public var presentNames: [String] {
    Self.integers.filter { self[keyPath: $0.path] != nil }.map { "\($0.name)" }
      + Self.numbers.filter { self[keyPath: $0.path] != nil }.map { "\($0.name)" }
      + Self.flags.filter { self[keyPath: $0.path] != nil }.map { "\($0.name)" }
      .filter { $0 != "degenerate" } + others.map(\.name)
  }

  /// Takes over what `other` says and this does not.
  ///
  /// - Returns: the names of members on which the two disagree; this one's value stays.
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
