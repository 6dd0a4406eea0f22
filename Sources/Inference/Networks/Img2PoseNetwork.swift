internal import Codecs
internal import Geometry
internal import Schema

/// img2pose (Albiero et al., "img2pose: Face Alignment and Detection via 6DoF, Face Pose Estimation",
/// CVPR 2021): a Faster R-CNN whose head gives a pose in place of a box.
///
/// The graph ends before any step that depends on the meaning of the poses. Its input is the scaled and
/// normalised image, of any size. Its output for each proposal of the first stage is: the corners in pixels of
/// that image (`proposals`, N x 4), the softmax of the face class (`scores`, N) and the head's pose (`dofs`,
/// N x 6: rotation vector and translation, whitened). Padding to multiples of 32 and the first stage's own
/// suppression are in the graph. What follows is done here, as in `postprocess_detections` of models.py and in
/// utils/pose_operations.py: poses are multiplied by their standard deviation and their mean is added; they are
/// converted from the proposal's camera to the image's by the rule of the SciPy that the weights were made
/// with; and a face's box is drawn around the projections of 68 points. Of boxes that overlap by more than half
/// only the best stays.
final class Img2PoseNetwork: HeadDetector {
  /// `box_nms_thresh` of img2pose's own code; boxes must overlap by more than this to be dropped.
  static let greatestOverlap = 0.5

  private let session: InferenceSession
  private let name: String
  private var input: NetworkInput
  private let decoder: Img2PoseDecoder

  init(_ model: UserModel, on runtime: OpenVINO) throws {
    let manifest = model.manifest
    name = model.file.name
    input = NetworkInput(manifest.input)
    guard input.form.width >= input.form.height else {
      throw InferenceError(
        model: manifest.name,
        detail:
          "'input.size': expected the longer side first, found \(input.form.width) x \(input.form.height)"
      )
    }
    try manifest.outputs.allowOnly(["proposals", "scores", "dofs"])
    try manifest.numbers.allowOnly(["mean", "stddev"])
    decoder = Img2PoseDecoder(
      mean: try manifest.numbers.member("mean").doubles(count: 6),
      deviation: try manifest.numbers.member("stddev").doubles(count: 6))
    session = try InferenceSession(
      model.file,
      interface: ModelInterface(
        input: input.anyShape,
        outputs: [
          .init(name: try manifest.outputs.member("proposals").text(), shape: [nil, 4]),
          .init(name: try manifest.outputs.member("scores").text(), shape: [nil]),
          .init(name: try manifest.outputs.member("dofs").text(), shape: [nil, 6]),
        ]), on: runtime)
  }

  var networkTime: Duration { session.networkTime }

  func heads(in image: PixelImage, threshold: Float) throws -> [HeadDetection] {
    let (width, height) = size(of: image)
    try session.run(shape: input.shape(width: width, height: height)) {
      input.fill($0, width: width, height: height, from: image)
    }
    let scale = SIMD2(
      Double(image.width) / Double(width), Double(image.height) / Double(height))
    return try session.withOutput(0) { proposals, shape in
      try session.withOutput(1) { scores, _ in
        try session.withOutput(2) { dofs, _ in
          let count = shape[0]
          guard scores.count == count, dofs.count == 6 * count else {
            throw InferenceError(
              model: name,
              detail:
                "expected a score and a pose a proposal, found \(scores.count) and \(dofs.count / 6) of \(count)"
            )
          }
          var found: [HeadDetection] = []
          for i in 0..<count where scores[i] > threshold {
            let head = decoder.head(
              proposal: proposals[4 * i..<4 * i + 4].map(Double.init),
              dofs: dofs[6 * i..<6 * i + 6].map(Double.init), score: scores[i], width: width,
              height: height)
            if let head { found.append(head) }
          }
          let kept = found.map { FaceDetection(box: $0.box, score: $0.score) }
            .placesWithoutOverlaps { $0 > Self.greatestOverlap }
          return kept.map {
            var head = found[$0]
            head.box.scale(by: scale)
            return head
          }
        }
      }
    }
  }

  /// The size at which the image fits into the manifest's rectangle, with longer side along longer side. A small
  /// image is enlarged (`GeneralizedRCNNTransform` of torchvision, `max_size` and `min_size`).
  private func size(of image: PixelImage) -> (width: Int, height: Int) {
    let (longest, shortest) = (max(image.width, image.height), min(image.width, image.height))
    // In 32 bits like torchvision, for the rounding down below depends on it.
    let scale = Double(
      min(
        Float(input.form.height) / Float(shortest), Float(input.form.width) / Float(longest)))
    return (
      max(1, Int(Double(image.width) * scale)), max(1, Int(Double(image.height) * scale))
    )
  }
}

/// Turns the output of img2pose's head for a proposal into a face in the image.
struct Img2PoseDecoder {
  let mean: [Double]
  let deviation: [Double]

  /// - Parameters:
  ///   - proposal: left, top, right, bottom in pixels of the image that the network saw.
  ///   - dofs: rotation vector and translation, whitened.
  ///   - width: of the image that the network saw.
  ///   - height: of the image that the network saw.
  /// - Returns: nil where the proposal has no area inside the image, or its pose is unusable: not finite, behind
  ///   the camera, or of a head outside of the image.
  func head(
    proposal: [Double], dofs: [Double], score: Float, width: Int, height: Int
  ) -> HeadDetection? {
    guard proposal.allSatisfy(\.isFinite) else { return nil }
    let size = SIMD2(Double(width), Double(height))
    let first = SIMD2(proposal[0], proposal[1]).clamped(lowerBound: .zero, upperBound: size)
    let last = SIMD2(proposal[2], proposal[3]).clamped(lowerBound: .zero, upperBound: size)
    let proposal = BoundingBox(left: first.x, top: first.y, right: last.x, bottom: last.y)
    let local = (0..<6).map { dofs[$0] * deviation[$0] + mean[$0] }
    // img2pose's own code treats boxes of less than a hundredth of a pixel as empty.
    guard proposal.width >= 1e-2, proposal.height >= 1e-2, local.allSatisfy(\.isFinite),
      local[5] > 0
    else { return nil }
    let camera = Intrinsics.widthPlusHeight(width, height)
    let pose = CropCamera(box: proposal, image: camera, rule: .markley).global(
      from: Extrinsics(
        rotation: Rotation(rotationVector: SIMD3(local[0], local[1], local[2])),
        translation: MeanFace.metresPerUnit * SIMD3(local[3], local[4], local[5])))
    let points = MeanFace.ibug68Points.map { camera.projection(of: pose.applied(to: $0)) }
    guard points.allSatisfy({ $0.x.magnitude < 1e6 && $0.y.magnitude < 1e6 }) else { return nil }
    let box = BoundingBox.img2pose(
      about: points, roll: pose.rotation.rotationVector.z, imageSize: size)
    guard !box.isDegenerate else { return nil }
    func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .double($0) }) }
    return HeadDetection(
      box: box, score: score, pose: pose,
      native: .object([
        (
          "img2pose",
          .object([
            ("image_size", .array([.integer(width), .integer(height)])),
            (
              "proposal_xyxy",
              numbers([proposal.left, proposal.top, proposal.right, proposal.bottom])
            ),
            ("local_pose", numbers(local)),
          ])
        )
      ]))
  }
}
