internal import Codecs
internal import Geometry
internal import Schema

/// What a record's face has that 3DDFA's form needs: the arrays of 300W-LP and AFLW2000-3D.
struct TDDFAFace {
  let pose: PoseParameters
  let shape: [Double]
  let expression: [Double]

  private static let names = ["Pose_Para", "Shape_Para", "Exp_Para"]
  /// In bytes; real files have 4 KB.
  private static let largestFile = 16 << 20

  /// The reason of records that cannot be written.
  static let noArrays =
    "faces without Pose_Para, Shape_Para and Exp_Para, which records of 300W-LP and AFLW2000-3D keep under native"

  /// Whether the face has the arrays, or names the files that do.
  static func isThere(in face: Face) -> Bool {
    let arrays = face.nativeArrays
    return names.allSatisfy { name in arrays.contains { $0.name == name } }
  }

  /// Whether some of the arrays are in files of the dataset.
  static func isOnlyNamed(in face: Face) -> Bool {
    face.nativeArrays.contains { array in
      if case .file = array.content { names.contains(array.name) } else { false }
    }
  }

  /// - Parameters:
  ///   - record: its first face has the arrays (`isThere`).
  ///   - sources: the datasets in which references to arrays are looked up.
  /// - Throws: `RejectedRecord` where an array is not there or is not what it should be.
  init(of record: ImageRecord, sources: [FileTree]) throws(RejectedRecord) {
    func refusal(_ code: RecordIssue.Code, _ detail: String) -> RejectedRecord {
      RejectedRecord(RecordIssue(code, at: record.location(ofFace: 0), detail))
    }
    func numbers(_ name: String, least: Int) throws(RejectedRecord) -> [Double] {
      guard let native = record.faces[0].nativeArrays.first(where: { $0.name == name }) else {
        throw refusal(.malformedRecord, "\(name): expected an array, found none")
      }
      let array: MATArray?
      do {
        array = try Self.array(native, sources)
      } catch {
        throw refusal(.unreadableArray, "\(name): expected a readable array, found: \(error)")
      }
      guard let array, array.rows == 1 || array.columns == 1, array.rows * array.columns >= least
      else {
        throw refusal(
          .malformedRecord,
          "\(name): expected a row or column of at least \(least) numbers, found \(array?.description ?? "\(native.dtype) of \(native.shape)")"
        )
      }
      let numbers = array.doubles
      guard numbers.prefix(least).allSatisfy(PlausibleRange.measure.contains) else {
        throw refusal(
          .malformedRecord, "\(name): expected \(PlausibleRange.measure.text), found others")
      }
      return numbers
    }
    let seven = try numbers("Pose_Para", least: 7)
    guard let pose = PoseParameters(checking: seven) else {
      throw refusal(
        .malformedRecord, "Pose_Para: expected seven numbers that a pose may have, found \(seven)")
    }
    self.pose = pose
    shape = try numbers("Shape_Para", least: TDDFAParameters.shapeCount)
    expression = try numbers("Exp_Para", least: TDDFAParameters.expressionCount)
  }

  private static func array(_ native: NativeArray, _ sources: [FileTree]) throws -> MATArray? {
    guard case .file(let path) = native.content else { return MATArray(native) }
    let source: FileTree
    do throws(MissingReference) {
      source = try sources.holder(of: path)
    } catch {
      throw MATError(path: path, detail: error.detail)
    }
    return try source.withBytes(of: path, limit: largestFile) { bytes in
      try MATArrays(bytes, path: path, limit: largestFile)[native.name]
    }
  }

  /// Whether the record's pose is no longer that of `Pose_Para`, which is what is written.
  func differs(from head: HeadPose, in record: ImageRecord) -> Bool {
    guard let camera = record.camera else { return false }
    return !pose.says(
      head.notated, camera.intrinsics, imageHeight: record.image.height ?? PoseParameters.usualSize,
      isEgocentric: record.faces[0].isEgocentric)
  }

  /// The box of the face's 68 points: rebuilt from its shape and expression, or else the record's landmarks.
  ///
  /// - Returns: nil where there are no tables and not all landmarks.
  func box(_ landmarks: Landmarks?, _ model: MorphableLandmarks?, imageHeight: Int) -> BoundingBox?
  {
    guard let model else {
      return landmarks?.sixtyEightPoints.flatMap { BoundingBox(around: $0) }
    }
    let camera = pose.weakPerspective
    return BoundingBox(
      around: model.points(shape: shape, expression: expression)
        .map { camera.projection(of: $0, imageHeight: imageHeight) })
  }
}
