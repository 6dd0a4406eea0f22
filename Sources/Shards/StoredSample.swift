internal import Codecs
public import Geometry
public import Schema

/// A sample as it was read back.
public struct StoredSample: Sendable {
  /// Where the image file's bytes stand in the value.
  public let image: Range<Int>
  /// Whole, or the faces alone where the layout keeps no more.
  public let record: ImageRecord
  private let makeJSON: @Sendable () -> JSONValue
  /// The poses that the layout itself stores, of the faces that have both.
  public var poses: [StoredPose] = []
  /// The local poses that the layout stores, of all faces that have one, whatever else is wrong with them.
  public var localPoses: [PoseVector] = []
  /// What is wrong with it; the record can be used where none `spoils` it.
  public var faults: [SampleFault] = []

  /// Reads the mesh that a sample of layout `perspnet` holds, given the sample's bytes; nil in other layouts.
  public var mesh: (@Sendable (UnsafeRawBufferPointer) throws(SampleFault) -> PerspNetFace)?

  /// A sample without faults.
  public init(
    image: Range<Int>, record: ImageRecord, json: @autoclosure @escaping @Sendable () -> JSONValue
  ) {
    (self.image, self.record, makeJSON) = (image, record, json)
  }

  /// The sample as JSON, the image replaced by its size.
  public var json: JSONValue { makeJSON() }

  /// The record, if all of it can be used.
  ///
  /// - Throws: `SampleFault`, the first that spoils it.
  public func usableRecord() throws(SampleFault) -> ImageRecord {
    if let fault = faults.first(where: \.spoils) { throw fault }
    return record
  }
}

/// A face's two poses, as a layout stores them beside its box.
public struct StoredPose: Sendable {
  /// Of the sample's faces, from 0.
  public var face: Int
  /// With an area.
  public var box: IntegerBox
  /// In the image's camera, in the layout's unit.
  public var global: PoseVector
  /// In the box's camera, likewise.
  public var local: PoseVector

  /// From its members.
  public init(face: Int, box: IntegerBox, global: PoseVector, local: PoseVector) {
    (self.face, self.box, self.global, self.local) = (face, box, global, local)
  }
}

/// What is wrong with a sample.
public struct SampleFault: Error, Sendable, CustomStringConvertible {
  /// What it concerns.
  public enum Kind: Sendable {
    /// The value has another form than the layout's.
    case form
    /// There are not as many of one thing as of another.
    case counts
    /// A box is out of order or out of the image.
    case box
    /// A pose cannot be one.
    case pose
    /// Marks for what is missing contradict each other.
    case sentinel
  }

  /// What it is about.
  public var kind: Kind
  /// Of the sample's faces, from 0; nil where the whole sample is meant.
  public var face: Int?
  /// "what: expected X, found Y".
  public var detail: String
  /// Whether the record cannot be used because of it.
  public var spoils: Bool

  /// A fault of one face, or of the whole sample.
  public init(_ kind: Kind, face: Int? = nil, _ detail: String, spoils: Bool = true) {
    (self.kind, self.face, self.detail, self.spoils) = (kind, face, detail, spoils)
  }

  public var description: String { (face.map { "face \($0 + 1): " } ?? "") + detail }
}
