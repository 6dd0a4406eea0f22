import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Inference

@Suite(
  "The reference networks", .enabled(if: Runtime.isThere, "needs OpenVINO; run Scripts/setup"))
struct ReferenceInferenceTests {
  private let inference = Result { try ReferenceInference() }

  private let noise: PixelImage = {
    var image = PixelImage(width: 300, height: 200)
    var random = SeededRandom(seed: 5)
    for i in image.pixels.indices { image.pixels[i] = UInt8.random(in: 0...255, using: &random) }
    return image
  }()

  private func landmarker(_ network: LandmarkNetwork) throws -> any FaceLandmarker {
    let inference = try ReferenceInference(landmarks: network)
    return try network.landmarker(inference.landmarker, on: inference.runtime)
  }

  @Test(
    "a face's landmarks do not depend on the others of its image",
    arguments: LandmarkNetwork.allCases)
  func batches(network: LandmarkNetwork) throws {
    let landmarker = try landmarker(network)
    let boxes = (0..<19).map { i in
      BoundingBox(x: Double(11 * i), y: Double(5 * i), width: 60, height: 80)
    }
    let together = try landmarker.landmarks(of: boxes, in: noise)
    #expect(together.count == 19 && together.allSatisfy { $0?.layout == network.layout })
    for (box, expected) in zip(boxes, together).reversed() {
      #expect(try landmarker.landmarks(of: [box], in: noise) == [expected])
    }
  }

  @Test(
    "a box outside of the image has no landmarks, one at its rim has",
    arguments: LandmarkNetwork.allCases)
  func outside(network: LandmarkNetwork) throws {
    let landmarker = try landmarker(network)
    let boxes = [
      BoundingBox(x: 400, y: 20, width: 30, height: 30),
      BoundingBox(x: -20, y: -20, width: 50, height: 50),
      BoundingBox(x: .infinity, y: 0, width: 10, height: 10),
    ]
    let found = try landmarker.landmarks(of: boxes, in: noise)
    #expect(found.map { $0 != nil } == [false, true, false])
  }

  @Test("noise has no faces, at any size")
  func noFaces() throws {
    var search = FaceSearch()
    search.smallFaces = .always
    search.size = 128
    let predictor = try FacePredictor(inference.get(), search: search)
    let faces = try noise.png().withUnsafeBytes(predictor.faces(inFile:))
    #expect(faces.isEmpty)
  }

  @Test("a broken image is an error, and the next one is searched all the same")
  func broken() throws {
    let predictor = try FacePredictor(inference.get())
    let jpeg = noise.jpeg(quality: 90)
    #expect(throws: ImageError.self) {
      try Array(jpeg.prefix(jpeg.count / 2)).withUnsafeBytes(predictor.faces(inFile:))
    }
    #expect(try jpeg.withUnsafeBytes(predictor.faces(inFile:)).isEmpty)
  }

  @Test("a user's network is shown all pixels of a photograph that is searched at half its size")
  func wholeSize() throws {
    try withTemporaryDirectory { folder in
      let predictor = try FacePredictor(
        inference.get(), model: UserModel(manifest: SmallTDDFA().write(to: folder)))
      let face = Face(box: BoundingBox(x: 1200, y: 20, width: 100, height: 120))
      for width in [2000, 2600] {
        let jpeg = PixelImage(width: width, height: 200).jpeg(quality: 90)
        let found = try jpeg.withUnsafeBytes { try predictor.predictions(inFile: $0, of: [face]) }
        guard case .object(let native)? = found.first?.face.native else {
          Issue.record("no native member")
          return
        }
        let said = native["3ddfa_v2"]
        #expect(said?["image_size"]?.elements?.compactMap(\.number) == [Double(width), 200])
        #expect(said?["region_xyxy"]?.elements?.first?.number == 1250 - 173.0 / 2)
      }
    }
  }

  @Test("are refused in place of each other")
  func exchanged() throws {
    let inference = try inference.get()
    let error = #expect(throws: InferenceError.self) {
      try CenterFaceDetector(inference.landmarker, on: inference.runtime)
    }
    #expect(error?.model == "face_landmark.tflite")
  }

  @Test(
    "find faces in photographs that a tag turns, in the stored pixels' coordinates",
    .enabled(if: sharedData != nil, "needs ../shared/data"),
    arguments: [(tag: 3, inverse: 3), (tag: 5, inverse: 5), (tag: 6, inverse: 8)])
  func turned(tag: Int, inverse: Int) throws {
    let path = try #require(sharedData) + "/photos/images/0--Portraits/0_Portraits_prnet_3.jpg"
    let photo = try MappedFile(path: path).withBytes { try PixelImage(decoding: $0) }
    let predictor = try FacePredictor(inference.get())
    func face(_ file: [UInt8]) throws -> Face {
      let faces = try file.withUnsafeBytes(predictor.faces(inFile:))
      #expect(faces.count == 1)
      return try #require(faces.first)
    }
    let expected = try face(photo.jpeg(quality: 95))
    let stored = ImageOrientation(exif: inverse).upright(photo)
    let found = try face(tagged(stored.jpeg(quality: 95), orientation: tag))
    let back = ImageOrientation(exif: inverse)
    let size = SIMD2(Double(photo.width), Double(photo.height))
    func distance(
      _ stored: SIMD2<Double>, _ upright: SIMD2<Double>, _ extent: SIMD2<Double>
    ) -> Double {
      let offset = back.storedPoint(stored, extent: extent) - upright
      return (offset * offset).sum().squareRoot()
    }
    #expect(distance(found.box.centre, expected.box.centre, size) < 2)
    // Points move by some pixels when compression moves their crop.
    // Of a mirrored photograph the points that are left and right change places.
    let order = tag == 5 ? [1, 0, 2, 4, 3] : [0, 1, 2, 3, 4]
    for (i, k) in order.enumerated() {
      let (ours, theirs) = (
        found.landmarks?.fivePoints.position(i), expected.landmarks?.fivePoints.position(k)
      )
      let offset = distance(try #require(ours), try #require(theirs), size - 1)
      #expect(offset < 5, "point \(i)")
    }
  }

  /// A JPEG with an EXIF orientation.
  private func tagged(_ jpeg: [UInt8], orientation: Int) -> [UInt8] {
    let exif: [UInt8] =
      Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1]
      + [0, UInt8(orientation), 0, 0, 0, 0, 0, 0]
    return Array(jpeg[..<2]) + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + jpeg[2...]
  }

  @Test(
    "find the same faces on threads of their own, and the labelled ones",
    .enabled(if: sharedData != nil, "needs ../shared/data"))
  func photographs() throws {
    let inference = try inference.get()
    let folder = try #require(sharedData) + "/photos/images/1--Groups/"
    let file = try MappedFile(path: folder + "1_Groups_street.jpg")
    let first = try FacePredictor(inference)
    let expected = try file.withBytes(first.faces(inFile:))
    #expect(expected.count == 7)
    #expect(expected.allSatisfy { $0.landmarks?.presentCount == 468 })
    let scores = expected.compactMap(\.attributes.score)
    #expect(scores == scores.sorted(by: >) && scores.allSatisfy { $0 > 0.35 })
    let threads = (0..<2).map { _ in ParallelSearch(inference, file) }
    for thread in threads { #expect(try thread.faces() == expected) }
  }
}

/// A search on a thread of its own.
private final class ParallelSearch: @unchecked Sendable {
  // Written by the thread before it signals, read after.
  private var result: Result<[Face], any Error>?
  private let end = DispatchSemaphore(value: 0)

  init(_ inference: ReferenceInference, _ file: MappedFile) {
    Thread { [self] in
      result = Result { try file.withBytes(FacePredictor(inference).faces(inFile:)) }
      end.signal()
    }.start()
  }

  func faces() throws -> [Face]? {
    end.wait()
    return try result?.get()
  }
}
