public import Geometry

/// One image with its faces: the one form every dataset is read into.
///
/// The convention is the same for all sources. Camera: x right, y down, z forward; metres; rotation
/// vectors in radians. Pixels: 0-based, origin at the centre of the top-left pixel, as stored in the
/// file (an EXIF orientation is never applied).
public struct ImageRecord: Sendable, Equatable {
  /// The value of the record's "schema" member.
  public static let schemaName = "sixdof.image/1"

  public var source: RecordSource
  public var image: ImageReference
  /// nil where the image's size is not known.
  public var camera: Camera?
  public var faces: [Face]
  /// What the source says of the image and the other members cannot give back.
  public var native: NativeValue?
  /// Where this record was read from, if not from the source's own file; for messages, and no part of
  /// the record.
  public var origin: SourceLocation?
  private var givenID: String?

  public init(
    id: String? = nil, source: RecordSource, image: ImageReference, camera: Camera? = nil,
    faces: [Face] = [], native: NativeValue? = nil
  ) {
    givenID = id
    self.source = source
    self.image = image
    self.camera = camera
    self.faces = faces
    self.native = native
  }

  /// The name of the record in its dataset: dataset/[split/]path without extension, unless another
  /// was given.
  public var id: String {
    givenID ?? source.id(of: image.stem)
  }

  /// Whether the id keeps the extension, as it has to where another image differs in nothing else (`a.jpg`, `a.png`).
  public var keepsExtensionInID: Bool { givenID == source.id(of: image.path[...]) }

  /// See `keepsExtensionInID`.
  public mutating func keepExtensionInID() { givenID = source.id(of: image.path[...]) }

  /// The place that a message on the whole image names.
  public var location: SourceLocation {
    origin ?? SourceLocation(file: source.file ?? id, line: source.line)
  }

  /// The place that a message on one face names: its own line where that is known.
  public func location(ofFace index: Int) -> SourceLocation {
    let line = faces[index].sourceLine
    return SourceLocation(file: location.file, line: line > 0 ? Int(line) : location.line)
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.id == right.id && left.source == right.source && left.image == right.image
      && left.camera == right.camera && left.faces == right.faces && left.native == right.native
  }
}

/// Where a record comes from.
public struct RecordSource: Sendable, Equatable {
  /// `wider-face`, `300w-lp`, `aflw2000`, `biwi`, `arkitface` or `img2pose`; others pass through.
  public var dataset: String
  /// `train`, `val` or `test` where the source's name says it.
  public var split: String?
  /// The annotation file, without its folder.
  public var file: String?
  /// The 1-based line in it where the image's annotation begins.
  public var line: Int?

  public init(dataset: String, split: String? = nil, file: String? = nil, line: Int? = nil) {
    self.dataset = dataset
    self.split = split
    self.file = file
    self.line = line
  }

  fileprivate func id(of name: Substring) -> String {
    split.map { "\(dataset)/\($0)/\(name)" } ?? "\(dataset)/\(name)"
  }
}

/// Which image a record describes.
public struct ImageReference: Sendable, Equatable {
  /// Relative to the folder or archive of images, with `/` between folders.
  public var path: String
  /// The archive's file name where the image is read from one.
  public var archive: String?
  /// Size of the stored pixels; nil where no image was at hand.
  public var width: Int?
  public var height: Int?
  /// `jpeg` or `png`.
  public var format: String?
  /// The EXIF orientation where a tag says other than 1; `cv2.imread` would turn such an image.
  public var orientation: Int?

  public init(path: String) { self.path = path }

  /// The path without the extension of the file's name.
  public var stem: Substring { Self.stem(of: path[...]) }

  /// A path without the extension of its file's name.
  public static func stem(of path: Substring) -> Substring {
    let afterFolder = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
    let dot = path.utf8[afterFolder...].lastIndex(of: UInt8(ascii: "."))
    return dot.map { path[..<$0] } ?? path
  }
}

/// The camera that poses of an image are relative to.
public struct Camera: Sendable, Equatable {
  public enum Provenance: String, Sendable, CaseIterable {
    case calibrated
    case datasetProjection = "dataset-projection"
    case weakPerspective = "weak-perspective"
    case assumedWidthPlusHeight = "assumed-width-plus-height"
    case user
  }

  public var intrinsics: Intrinsics
  public var provenance: Provenance

  public init(intrinsics: Intrinsics, provenance: Provenance) {
    self.intrinsics = intrinsics
    self.provenance = provenance
  }
}

/// One annotated face.
public struct Face: Sendable, Equatable {
  public var box: BoundingBox
  public var landmarks: Landmarks?
  public var pose: HeadPose?
  public var fit: FitQuality?
  public var attributes = FaceAttributes()
  /// What the source says of the face and the other members cannot give back.
  public var native: NativeValue?
  /// The 1-based line of the annotation file that holds the face, for messages; 0 where unknown. It
  /// is no part of the record.
  public var sourceLine: Int32 = 0

  public init(box: BoundingBox, sourceLine: Int32 = 0) {
    self.box = box
    self.sourceLine = sourceLine
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.box == right.box && left.landmarks == right.landmarks && left.pose == right.pose
      && left.fit == right.fit && left.attributes == right.attributes && left.native == right.native
  }
}

/// A head pose: the rigid motion from the object frame to the camera.
public struct HeadPose: Sendable, Equatable {
  public enum Frame: String, Sendable, CaseIterable {
    /// img2pose's mean-face axes and origin.
    case bfm
    /// Apple's face anchor.
    case arkit
    /// BIWI's head centre.
    case biwiHead = "biwi-head"
    /// The axes and origin of a user's face model.
    case user
  }
  public enum Scale: String, Sendable, CaseIterable { case measured, assumed }
  public enum Provenance: String, Sendable, CaseIterable { case annotation, pnp, prediction }

  // Six plain numbers: a SIMD3 would take the room and alignment of four.
  private var rx, ry, rz, tx, ty, tz: Double
  public var frame: Frame
  public var scale: Scale
  public var provenance: Provenance

  public init(
    rotationVector: SIMD3<Double>, translation: SIMD3<Double>, frame: Frame = .bfm,
    scale: Scale = .assumed, provenance: Provenance = .pnp
  ) {
    (rx, ry, rz) = (rotationVector.x, rotationVector.y, rotationVector.z)
    (tx, ty, tz) = (translation.x, translation.y, translation.z)
    self.frame = frame
    self.scale = scale
    self.provenance = provenance
  }

  /// Axis times angle in radians.
  public var rotationVector: SIMD3<Double> { SIMD3(rx, ry, rz) }
  /// Position of the object frame's origin in metres.
  public var translation: SIMD3<Double> { SIMD3(tx, ty, tz) }

  public var extrinsics: Extrinsics {
    Extrinsics(rotation: Rotation(rotationVector: rotationVector), translation: translation)
  }
}

/// What a canonical member cannot hold, as the source has it.
public indirect enum NativeValue: Sendable, Equatable {
  /// One source line without its line feed (a carriage return stays).
  case line(Substring)
  case lines([Substring])
  /// Arrays of a .mat or .npz file, in its order.
  case arrays([NativeArray])
  case object(JSONValue)
}
