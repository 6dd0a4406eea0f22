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

  /// Where a member is. It is looked up for each face that is read or written, which a key path takes ten times as long
  /// for.
  struct Place<Value>: Sendable {
    fileprivate let get: @Sendable (borrowing FaceAttributes) -> Value?
    fileprivate let set: @Sendable (inout FaceAttributes, Value?) -> Void

    fileprivate init(
      _ get: @escaping @Sendable (borrowing FaceAttributes) -> Value?,
      _ set: @escaping @Sendable (inout FaceAttributes, Value?) -> Void
    ) {
      (self.get, self.set) = (get, set)
    }
  }

  @inline(__always)
  subscript<Value>(place: Place<Value>) -> Value? {
    get { place.get(self) }
    set { place.set(&self, newValue) }
  }

  static let integers: [(name: StaticString, place: Place<Int8>)] = [
    ("blur", Place({ $0.blur }, { $0.blur = $1 })),
    ("expression", Place({ $0.expression }, { $0.expression = $1 })),
    ("illumination", Place({ $0.illumination }, { $0.illumination = $1 })),
    ("occlusion", Place({ $0.occlusion }, { $0.occlusion = $1 })),
    ("pose", Place({ $0.pose }, { $0.pose = $1 })),
  ]
  static let numbers: [(name: StaticString, place: Place<Double>)] = [
    ("quality", Place({ $0.quality }, { $0.quality = $1 })),
    ("score", Place({ $0.score }, { $0.score = $1 })),
  ]
  static let flags: [(name: StaticString, place: Place<Bool>)] = [
    ("invalid", Place({ $0.invalid }, { $0.invalid = $1 })),
    ("ignore", Place({ $0.ignore }, { $0.ignore = $1 })),
    ("easy", Place({ $0.easy }, { $0.easy = $1 })),
    ("medium", Place({ $0.medium }, { $0.medium = $1 })),
    ("hard", Place({ $0.hard }, { $0.hard = $1 })),
    ("degenerate", Place({ $0.degenerate }, { $0.degenerate = $1 })),
  ]

  /// The names of all attributes that are present. `degenerate` is not among them, as the box shows it.
  public var presentNames: [String] {
    Self.integers.filter { self[$0.place] != nil }.map { "\($0.name)" }
      + Self.numbers.filter { self[$0.place] != nil }.map { "\($0.name)" }
      + Self.flags.filter { self[$0.place] != nil }.map { "\($0.name)" }
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
    for (name, place) in Self.integers { merge(&self[place], other[place], name) }
    for (name, place) in Self.numbers { merge(&self[place], other[place], name) }
    for (name, place) in Self.flags { merge(&self[place], other[place], name) }
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
