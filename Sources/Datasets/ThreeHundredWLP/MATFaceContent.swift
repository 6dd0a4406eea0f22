internal import Codecs
internal import Geometry
internal import Schema

/// The arrays of a record's .mat file, and what they do not hold of the record.
///
/// Arrays of the source stay unchanged, bit for bit, as long as they agree with the record. A pose or landmarks
/// that were changed since replace those of the source.
struct MATFaceContent {
  /// In the file's order. Those named `pts_...` belong in 300W-LP's landmarks folder.
  private(set) var arrays: [MATArray] = []
  private(set) var losses: [String] = []
  /// Why the image cannot be written, in words; nil where it can.
  private(set) var obstacle: String?
  /// The seven numbers of the annotation; nil where the record has no face that the form can hold.
  private(set) var pose: PoseParameters?

  init(_ record: ImageRecord, _ form: MATFaceForm, isFlip: Bool) {
    guard let face = record.faces.first else {
      losses.append("images without a face")
      obstacle = losses.last
      return
    }
    if record.faces.count > 1 { losses.append("faces beyond an image's first") }
    guard let head = face.pose, let camera = record.camera else {
      losses.append("faces without a pose")
      obstacle = "images without a pose"
      return
    }
    guard let motion = head.extrinsics else {
      losses.append("faces whose pose has no translation")
      obstacle = "images whose pose has no translation"
      return
    }
    guard motion.translation.z > 0 else {
      losses.append("faces behind the camera")
      obstacle = "images whose face is behind the camera"
      return
    }
    guard let landmarks = face.landmarks, landmarks.layout == .ibug68 else {
      losses.append("faces without 68 landmarks")
      obstacle = "images without 68 landmarks"
      return
    }
    let width = record.image.width ?? PoseParameters.usualSize
    let height = record.image.height ?? PoseParameters.usualSize
    if case .arrays(let native) = face.native {
      arrays = native.compactMap(MATArray.init)
      if arrays.count < native.count { losses.append("arrays that records only refer to") }
    }
    setPose(motion, camera.intrinsics, imageHeight: height, isEgocentric: face.isEgocentric)
    let isContour = face.hasContourJaw
    let known = source(form, isFlip: isFlip, imageWidth: width)
    if known.map({ Self.areEqual($0.landmarks, landmarks) }) != true {
      if known != nil { movePoints2D(form, isContour: isContour) }
      setLandmarks(
        form, isFlip ? landmarks.mirrored(imageWidth: width) : landmarks, landmarks,
        isContour: isContour)
    }
    noteLosses(record, face, source(form, isFlip: isFlip, imageWidth: width), width, height)
  }

  /// The contents of the arrays as they are now; nil where they cannot be read.
  private func source(
    _ form: MATFaceForm, isFlip: Bool, imageWidth: Int
  ) -> FaceParameters? {
    do {
      return try FaceParameters(
        form, isFlip: isFlip, imageWidth: imageWidth, imageHeight: PoseParameters.usualSize,
        model: nil
      ) { name in
        arrays.first { $0.name == name }
      }
    } catch {
      return nil
    }
  }

  /// - Parameter isEgocentric: whether `head` is relative to the camera's axis. The annotation's rotation is
  ///   relative to the line of sight, so it is then turned back.
  private mutating func setPose(
    _ head: Extrinsics, _ camera: Intrinsics, imageHeight: Int, isEgocentric: Bool
  ) {
    if let array = arrays.first(where: { $0.name == "Pose_Para" }),
      let known = PoseParameters(checking: array.doubles)
    {
      if known.says(
        PoseNotation.Pose(head), camera, imageHeight: imageHeight, isEgocentric: isEgocentric)
      {
        pose = known
        return
      }
    }
    pose = PoseParameters(
      head, camera, imageHeight: imageHeight, isEgocentric: isEgocentric)
    guard let parameters = pose else { return losses.append("faces behind the camera") }
    replace(MATArray(name: "Pose_Para", floats: parameters.numbers, rows: 1, columns: 7))
  }

  /// - Parameters:
  ///   - original: for 300W-LP's landmarks folder, which an image shares with its mirrored copy.
  ///   - own: in the image itself.
  private mutating func setLandmarks(
    _ form: MATFaceForm, _ original: Landmarks, _ own: Landmarks, isContour: Bool
  ) {
    func coordinates(_ landmarks: Landmarks) -> (x: [Double], y: [Double]) {
      // MATLAB counts from 1; a missing point is NaN.
      let points = (0..<68).map { (landmarks.position($0) ?? SIMD2(repeating: .nan)) + 1 }
      return (points.map(\.x), points.map(\.y))
    }
    let (x, y) = coordinates(own)
    switch form {
    case .aflw2000:
      remove { $0.name.hasPrefix("pts_") || ($0.name == "pt2d" && $0.columns != 21) }
      let known = arrays.first { $0.name == "pt3d_68" && $0.rows == 3 && $0.columns == 68 }
      let depths = known.map { Array($0.doubles[136...]) } ?? Array(repeating: 0, count: 68)
      replace(MATArray(name: "pt3d_68", floats: x + y + depths, rows: 3, columns: 68))
    case .threeHundredWLP:
      remove { $0.name == "pt3d_68" || ($0.name == "pt2d" && $0.columns != 68) }
      if isContour || !arrays.contains(where: { $0.name == "pt2d" }) {
        replace(MATArray(name: "pt2d", doubles: x + y, rows: 2, columns: 68))
      }
      if isContour {
        remove { $0.name.hasPrefix("pts_") }
      } else {
        let (x, y) = coordinates(original)
        let points = zip(x, y).flatMap { [$0, $1] }
        replace(MATArray(name: "pts_3d", doubles: points, rows: 68, columns: 2))
      }
    }
  }

  /// Loaders crop by the bounds of `pt2d`, so it follows landmarks that were changed since they were read.
  private mutating func movePoints2D(_ form: MATFaceForm, isContour: Bool) {
    guard !isContour, arrays.contains(where: { $0.name == "pt2d" }) else { return }
    switch form {
    // These are 21 others.
    case .aflw2000: losses.append(Self.unmovedPoints)
    case .threeHundredWLP:
      arrays.removeAll { $0.name == "pt2d" }
      losses.append("the jaw's visible contour in pt2d, of faces with changed landmarks")
    }
  }

  /// What `losses` says of faces whose crop is that of the source.
  static let unmovedPoints =
    "changes of landmarks in pt2d, by whose bounds loaders crop"

  private mutating func replace(_ array: MATArray) {
    if let i = arrays.firstIndex(where: { $0.name == array.name }) {
      arrays[i] = array
    } else {
      arrays.append(array)
    }
  }

  private mutating func remove(_ isForeign: (MATArray) -> Bool) {
    let names = arrays.filter(isForeign).map(\.name)
    arrays.removeAll(where: isForeign)
    losses += names.map { "the other form's \($0)" }
  }

  private mutating func noteLosses(
    _ record: ImageRecord, _ face: Face, _ read: FaceParameters?, _ width: Int, _ height: Int
  ) {
    if let pose = face.pose, pose.frame != .bfm { losses.append("poses' object frame") }
    if record.camera?.intrinsics != PoseParameters.camera(width: width, height: height) {
      losses.append("cameras other than f = w + h")
    }
    if let box = read?.box, Self.distance(box, face.box) > 1e-3 {
      losses.append("boxes other than the landmarks'")
    }
    if face.landmarks.map({ points in (0..<68).contains { points[$0].visibility == .occluded } })
      == true
    {
      losses.append("landmarks' occlusion")
    }
    if face.fit != nil { losses.append("fit quality") }
    var attributes = face.attributes
    attributes.degenerate = nil
    let own: Set = [
      "source_photo", "flip", "mirrored-landmarks", "contour-jaw", "rebuilt-landmarks",
      "within_99_degrees", MATFaceAttributes.egocentric,
    ]
    attributes.others.removeAll { own.contains($0.name) }
    if attributes != FaceAttributes() { losses.append("attributes") }
  }

  private static func areEqual(_ left: Landmarks, _ right: Landmarks) -> Bool {
    (0..<68).allSatisfy { i in
      guard let a = left.position(i), let b = right.position(i) else {
        return left.position(i) == nil && right.position(i) == nil
      }
      return max(abs(a.x - b.x), abs(a.y - b.y)) < 1e-9
    }
  }

  private static func distance(_ left: BoundingBox, _ right: BoundingBox) -> Double {
    max(
      abs(left.left - right.left), abs(left.top - right.top), abs(left.right - right.right),
      abs(left.bottom - right.bottom))
  }
}

extension MATFaceContent {
  /// Of a record whose path tells whether it is a mirrored copy.
  init(_ record: ImageRecord, _ form: MATFaceForm) {
    let isFlip = form == .threeHundredWLP && MATFacePaths(path: record.image.path).isFlip
    self.init(record, form, isFlip: isFlip)
  }

  /// The loss of a face whose landmarks changed and whose crop does not follow them, if it is one.
  static func unmovedPoints(of record: ImageRecord, _ dataset: AngleDataset) -> [String] {
    guard case .mat(.aflw2000) = dataset else { return [] }
    return MATFaceContent(record, .aflw2000).losses.filter { $0 == unmovedPoints }
  }
}

extension PoseParameters {
  /// Whether a record's pose is this one, lifted to the record's camera. Without a translation the rotation decides.
  func says(
    _ head: PoseNotation.Pose, _ camera: Intrinsics, imageHeight: Int, isEgocentric: Bool
  ) -> Bool {
    let lifted = extrinsics(
      camera, imageHeight: imageHeight, isEgocentric: isEgocentric)
    return lifted.rotation.angle(to: head.rotation) < 1e-9
      && (head.translation.map { length(lifted.translation - $0) < 1e-9 * length($0) } ?? true)
  }
}
