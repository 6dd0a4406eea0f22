public import Geometry

/// One image with its faces: the form into which every dataset is read.
///
/// The convention is the same for all sources. Camera: x right, y down, z forward; metres; rotation vectors in
/// radians. Pixels: 0-based, with the origin at the centre of the top left pixel, as stored in the file. An EXIF
/// orientation is never applied.
public struct ImageRecord: Sendable, Equatable {
  /// The value of the record's "schema" member.
  public static let schemaName = "sixdof.image/1"

  /// The record's parts: one element, shared by copies until one of them is changed. A record passes through many hands,
  /// and is a word for each of them.
  @usableFromInline var parts: [Parts]

  @usableFromInline struct Parts: Sendable {
    @usableFromInline var source: RecordSource
    @usableFromInline var image: ImageReference
    @usableFromInline var camera: Camera?
    @usableFromInline var faces: [Face]
    @usableFromInline var native: NativeValue?
    @usableFromInline var origin: SourceLocation?
    var givenID: String?
  }

  /// The dataset and the place that the record comes from.
  @inlinable public var source: RecordSource {
    _read { yield parts[0].source }
    _modify { yield &parts[0].source }
  }
  /// The image that the record describes.
  @inlinable public var image: ImageReference {
    _read { yield parts[0].image }
    _modify { yield &parts[0].image }
  }
  /// nil where the image's size is not known.
  @inlinable public var camera: Camera? {
    _read { yield parts[0].camera }
    _modify { yield &parts[0].camera }
  }
  /// The image's faces; there may be none.
  @inlinable public var faces: [Face] {
    _read { yield parts[0].faces }
    _modify { yield &parts[0].faces }
  }
  /// What the source says about the image and the other members cannot hold.
  @inlinable public var native: NativeValue? {
    _read { yield parts[0].native }
    _modify { yield &parts[0].native }
  }
  /// Where this record was read from, if not from the source's own file. It is for messages, and not part of the
  /// record.
  @inlinable public var origin: SourceLocation? {
    _read { yield parts[0].origin }
    _modify { yield &parts[0].origin }
  }
  private var givenID: String? {
    get { parts[0].givenID }
    set { parts[0].givenID = newValue }
  }

  /// From its parts.
  ///
  /// - Parameters:
  ///   - id: nil for the id that follows from dataset, split and path.
  ///   - source: where the record comes from.
  ///   - image: its path, and what its header says.
  ///   - camera: nil where none is known.
  ///   - faces: in the order of the source.
  ///   - native: what the source says beyond that.
  public init(
    id: String? = nil, source: RecordSource, image: ImageReference, camera: Camera? = nil,
    faces: [Face] = [], native: NativeValue? = nil
  ) {
    parts = [
      Parts(
        source: source, image: image, camera: camera, faces: faces, native: native, givenID: id)
    ]
  }

  /// The record's name: dataset/[split/]path without extension, unless another was given.
  public var id: String {
    givenID ?? source.id(of: image.stem)
  }

  /// Whether the id keeps the path's extension. It must where another image differs in nothing else (`a.jpg`,
  /// `a.png`).
  public var keepsExtensionInID: Bool { givenID == source.id(of: image.path[...]) }

  /// Gives the record an id with the path's extension.
  public mutating func keepExtensionInID() { givenID = source.id(of: image.path[...]) }

  /// The place that a message about the whole image names.
  public var location: SourceLocation {
    origin ?? SourceLocation(file: source.file ?? id, line: source.line)
  }

  /// The place that a message about one face names: the face's own line where that is known.
  public func location(ofFace index: Int) -> SourceLocation {
    let line = faces[index].sourceLine
    return SourceLocation(file: location.file, line: line > 0 ? Int(line) : location.line)
  }

  /// The record without what is kept of its source, of the image and of its faces.
  public var withoutNative: ImageRecord {
    var record = self
    record.native = nil
    for i in record.faces.indices { record.faces[i].native = nil }
    return record
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.id == right.id && left.source == right.source && left.image == right.image
      && left.camera == right.camera && left.faces == right.faces && left.native == right.native
  }
}

/// The dataset and the place that a record comes from.
public struct RecordSource: Sendable, Equatable {
  /// `wider-face`, `300w-lp`, `aflw2000`, `biwi`, `arkitface` or `img2pose`; others pass through.
  public var dataset: String
  /// `train`, `val` or `test` where the source's name says it.
  public var split: String?
  /// The annotation file's name, without its folder.
  public var file: String?
  /// The 1-based line of that file where the image's annotation begins.
  public var line: Int?

  /// From its parts.
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
  /// The path relative to the folder or archive of images, with `/` between folders.
  public var path: String
  /// The archive's file name where the image is read from one.
  public var archive: String?
  /// Width of the stored image in pixels; nil where no image was available.
  public var width: Int?
  /// Height of the stored image in pixels, likewise.
  public var height: Int?
  /// `jpeg` or `png`.
  public var format: String?
  /// The EXIF orientation, 2 to 8; nil where it is 1 or absent. `cv2.imread` would turn such an image.
  public var orientation: Int?

  /// Without size and format.
  public init(path: String) { self.path = path }

  /// The path without the extension of its file's name.
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
  /// Where the camera's numbers come from (DESIGN §3).
  public enum Provenance: String, Sendable, CaseIterable {
    /// From a calibration, such as BIWI's `rgb.cal`.
    case calibrated
    /// From the dataset's own projection, such as ARKitFace's.
    case datasetProjection = "dataset-projection"
    /// Assumed, for poses under scaled orthography.
    case weakPerspective = "weak-perspective"
    /// img2pose's rule: f = width + height (`Intrinsics.widthPlusHeight`).
    case assumedWidthPlusHeight = "assumed-width-plus-height"
    /// Given by the user.
    case user
    /// By the focal length in the photograph's EXIF tags.
    case exif
    /// By the perspective that faces show, of one camera together.
    case estimated
  }

  /// In pixels of the stored image.
  public var intrinsics: Intrinsics
  /// Where the numbers come from.
  public var provenance: Provenance
  /// The standard deviation of the focal length's natural logarithm, which is that of its relative error; nil where none
  /// is stated.
  public var focalSigma: Double?

  /// From the camera and where it comes from.
  public init(intrinsics: Intrinsics, provenance: Provenance, focalSigma: Double? = nil) {
    (self.intrinsics, self.provenance) = (intrinsics, provenance)
    self.focalSigma = focalSigma
  }
}

/// One annotated face.
public struct Face: Sendable, Equatable {
  /// In pixels of the stored image.
  public var box: BoundingBox
  /// nil where there are none.
  public var landmarks: Landmarks?
  /// nil where there is none.
  public var pose: HeadPose?
  /// How well the pose explains the landmarks; nil where the pose was not fitted.
  public var fit: FitQuality?
  /// What the dataset says about the face besides its geometry.
  public var attributes = FaceAttributes()
  /// What the source says about the face and the other members cannot hold.
  public var native: NativeValue?
  /// The 1-based line of the annotation file that holds the face, for messages; 0 where unknown. It is not part
  /// of the record.
  public var sourceLine: Int32 = 0

  /// A face with a box and nothing else.
  public init(box: BoundingBox, sourceLine: Int32 = 0) {
    self.box = box
    self.sourceLine = sourceLine
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.box == right.box && left.landmarks == right.landmarks && left.pose == right.pose
      && left.fit == right.fit && left.attributes == right.attributes && left.native == right.native
  }
}

/// A head pose: the rigid motion from the object frame to the camera's axes (x right, y down, z forward), or its
/// rotation alone where the source has no more.
public struct HeadPose: Sendable, Equatable {
  /// The object frame: which axes and origin of the head the pose refers to (FORMATS §11.9).
  public enum Frame: String, Sendable, CaseIterable {
    /// The axes and origin of img2pose's mean face.
    case bfm
    /// Apple's face anchor.
    case arkit
    /// BIWI's head centre.
    case biwiHead = "biwi-head"
    /// The axes and origin of a user's face model.
    case user
  }
  /// What the translation's length is based on.
  public enum Scale: String, Sendable, CaseIterable {
    /// The length was measured.
    case measured
    /// A size of the head was assumed.
    case assumed
    /// There is no translation.
    case none
  }
  /// Where the pose comes from: the dataset, a fit to landmarks, or a network.
  public enum Provenance: String, Sendable, CaseIterable { case annotation, pnp, prediction }

  // Six plain numbers, as a SIMD3 has the size and alignment of four.
  private var rx, ry, rz, tx, ty, tz: Double
  /// The object frame that the pose refers to.
  public var frame: Frame
  /// What the translation's length is based on; `none` where there is no translation, and only there.
  public let scale: Scale
  /// Where the pose comes from.
  public var provenance: Provenance

  /// Rotation vector in radians, translation in metres; nothing is checked. Without a translation the scale
  /// becomes `none`.
  public init(
    rotationVector: SIMD3<Double>, translation: SIMD3<Double>?, frame: Frame = .bfm,
    scale: Scale = .assumed, provenance: Provenance = .pnp
  ) {
    (rx, ry, rz) = (rotationVector.x, rotationVector.y, rotationVector.z)
    let place = translation ?? .zero
    (tx, ty, tz) = (place.x, place.y, place.z)
    self.frame = frame
    self.scale = translation == nil ? .none : scale
    self.provenance = provenance
  }

  /// Axis times angle in radians.
  public var rotationVector: SIMD3<Double> { SIMD3(rx, ry, rz) }
  /// The rotation vector's rotation.
  public var rotation: Rotation { Rotation(rotationVector: rotationVector) }
  /// Position of the object frame's origin in camera axes, in metres; nil where only the rotation is known.
  public var translation: SIMD3<Double>? { scale == .none ? nil : SIMD3(tx, ty, tz) }

  /// The rigid motion; nil where only the rotation is known.
  public var extrinsics: Extrinsics? {
    translation.map { Extrinsics(rotation: rotation, translation: $0) }
  }
}

/// What the canonical members cannot hold, as the source has it.
public indirect enum NativeValue: Sendable, Equatable {
  /// One source line without its line feed. A carriage return stays.
  case line(Substring)
  /// Several such lines.
  case lines([Substring])
  /// Arrays of a `.mat` or `.npz` file, in the file's order.
  case arrays([NativeArray])
  /// Any other JSON object.
  case object(JSONValue)
}
