/// What a form of annotation holds of a face, in a few words each, for `formats`; nil where it holds nothing of that.
public struct FormContents: Sendable {
  /// What a box is in the form.
  public var box: String?
  /// Which points.
  public var landmarks: String?
  /// How it says that a point is hidden or missing.
  public var visibility: String?
  /// What a pose is in the form.
  public var pose: String?
  /// Of people, photos and sequences.
  public var identity: String?
  /// What of the form records do not hold.
  public var loses: String?

  /// From what the form has.
  public init(
    box: String? = nil, landmarks: String? = nil, visibility: String? = nil, pose: String? = nil,
    identity: String? = nil, loses: String? = nil
  ) {
    (self.box, self.landmarks, self.visibility) = (box, landmarks, visibility)
    (self.pose, self.identity, self.loses) = (pose, identity, loses)
  }

  /// The members that are there, named as in `formats --format json`.
  public var members: [(name: String, text: String)] {
    [
      ("box", box), ("landmarks", landmarks), ("visibility", visibility), ("pose", pose),
      ("identity", identity), ("loses", loses),
    ].compactMap { name, text in text.map { (name, $0) } }
  }
}
