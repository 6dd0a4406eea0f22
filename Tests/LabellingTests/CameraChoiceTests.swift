import Foundation
import Geometry
import Labelling
import Schema
import TestSupport
import Testing

@Suite("Cameras to assume")
struct CameraChoiceTests {
  private var image: ImageReference {
    var image = ImageReference(path: "a/b.jpg")
    (image.width, image.height) = (641, 481)
    return image
  }

  @Test("width plus height is img2pose's, about the image's floored half")
  func widthPlusHeight() throws {
    let camera = try #require(CameraChoice.widthPlusHeight.camera(for: image))
    #expect(camera.intrinsics.focalLength == [1122, 1122])
    #expect(camera.intrinsics.principalPoint == [320, 240])
    #expect(camera.provenance == .assumedWidthPlusHeight)
  }

  @Test("weak perspective is a hundred times as far")
  func weakPerspective() throws {
    let camera = try #require(CameraChoice.weakPerspective.camera(for: image))
    #expect(camera.intrinsics.focalLength == [112_200, 112_200])
    #expect(camera.intrinsics.principalPoint == [320, 240])
    #expect(camera.provenance == .weakPerspective)
  }

  @Test("a focal length is taken as it is, an angle spans the image's width")
  func userCameras() throws {
    let focal = try #require(CameraChoice.focalLength(800).camera(for: image))
    #expect(focal.intrinsics.focalLength == [800, 800])
    #expect(focal.provenance == .user)
    let wide = try #require(CameraChoice.fieldOfView(90).camera(for: image))
    #expect(abs(wide.intrinsics.focalLength.x - 320.5) < 1e-9)
    #expect(wide.intrinsics.focalLength.x == wide.intrinsics.focalLength.y)
  }

  @Test("EXIF's focal length is that of a diagonal of 43.27 mm; without it, width plus height")
  func exif() throws {
    let known = try #require(CameraChoice.exif.camera(for: image, equivalentFocalLength: 28))
    // The horizontal angle of 28 mm at 4:3 is 63.4° by the diagonal's 75.4°.
    #expect(abs(known.intrinsics.focalLength.x - 28 / 43.2666 * 801.4) < 0.1)
    #expect(known.intrinsics.focalLength.y == known.intrinsics.focalLength.x)
    #expect(known.provenance == .exif && known.isAssumed)
    let unknown = try #require(CameraChoice.exif.camera(for: image))
    #expect(unknown == CameraChoice.widthPlusHeight.camera(for: image))
  }

  @Test("what is usual keeps an orthographic annotation's projection")
  func usual() {
    for provenance in Camera.Provenance.allCases {
      let present = Camera(intrinsics: .widthPlusHeight(641, 481), provenance: provenance)
      let focal = CameraChoice.usual(inPlaceOf: present).camera(for: image)?.intrinsics.focalLength
        .x
      #expect(focal == (provenance == .weakPerspective ? 112_200 : 1122))
    }
    #expect(
      CameraChoice.usual(inPlaceOf: nil).camera(for: image)?.provenance == .assumedWidthPlusHeight)
  }

  @Test("without the image's size there is no camera, except from a table")
  func unknownSize() throws {
    let image = ImageReference(path: "a/b.jpg")
    #expect(CameraChoice.widthPlusHeight.camera(for: image) == nil)
    #expect(CameraChoice.focalLength(800).camera(for: image) == nil)
    let table = try table(#"{"fx": 500, "fy": 510, "cx": 3, "cy": 4}"#)
    let camera = try #require(CameraChoice.table(table).camera(for: image))
    #expect(
      camera.intrinsics == Intrinsics(focalLength: [500, 510], principalPoint: [3, 4]))
    #expect(camera.provenance == .user)
  }

  private func table(_ text: String) throws -> CameraTable {
    try withTemporaryDirectory { folder in
      try write(text, to: folder + "/cameras.txt")
      return try CameraTable(contentsOf: folder + "/cameras.txt")
    }
  }

  @Test("a matrix serves all images")
  func matrix() throws {
    let table = try table("517.679 0 320\r\n0 517.5 240.5\n\n0 0 1\n")
    #expect(
      table.intrinsics(forImageAt: "any")
        == Intrinsics(focalLength: [517.679, 517.5], principalPoint: [320, 240.5]))
  }

  @Test("lines of JSON give each image its own, and one without a path the others")
  func perImage() throws {
    let table = try table(
      """
      {"path": "a.jpg", "fx": 1, "fy": 2, "cx": 3, "cy": 4}
      {"path": "b.jpg", "fx": 5, "fy": 6, "cx": 7, "cy": 8}
      {"fx": 9, "fy": 9, "cx": 9, "cy": 9}
      """)
    #expect(table.intrinsics(forImageAt: "a.jpg")?.focalLength == [1, 2])
    #expect(table.intrinsics(forImageAt: "b.jpg")?.principalPoint == [7, 8])
    #expect(table.intrinsics(forImageAt: "c.jpg")?.focalLength == [9, 9])
  }

  @Test(
    "a file that is no camera is an error with its place",
    arguments: [
      ("", "cameras.txt: expected a camera, found an empty file"),
      (
        "1 2 3\n4 5 6",
        "cameras.txt:1: camera: expected 3 rows of 3 numbers or lines of JSON, found 2 lines and 6 numbers"
      ),
      (
        "5 1 3\n0 5 6\n0 0 1",
        "cameras.txt:1: camera: expected rows 'fx 0 cx', '0 fy cy' and '0 0 1', found other entries"
      ),
      (
        "-5 0 3\n0 5 6\n0 0 1",
        "cameras.txt:1: fx, fy: expected numbers from 1e-3 to 1e9, found -5.0, 5.0"
      ),
      (
        #"{"fx": 1, "fy": 2, "cx": 3}"#,
        "cameras.txt:1: cy: expected a number of pixels, found none"
      ),
      (
        "\n{\"path\": \"a\", \"fx\": 1, \"fy\": 2, \"cx\": 3, \"cy\": 4}\n{\"path\": \"a\", \"fx\": 1, \"fy\": 2, \"cx\": 3, \"cy\": 4}",
        "cameras.txt:3: path: expected each image once, found 'a' again"
      ),
      (
        "{\"image\": \"a.jpg\", \"fx\": 1, \"fy\": 2, \"cx\": 3, \"cy\": 4}",
        "cameras.txt:1: image: expected fx, fy, cx, cy, path alone, found another member; lens distortion is not modelled, and an image's name is its 'path'"
      ),
      (
        "{\"fx\": 1, \"fy\": 2, \"cx\": 3, \"cy\": 4}\n{\"fx\": 1, \"fy\": 2, \"cx\": 3, \"cy\": 4}",
        "cameras.txt:2: path: expected one in each of several cameras, found none"
      ),
    ])
  func errors(text: String, message: String) {
    let error = #expect(throws: CameraTableError.self) { try table(text) }
    #expect(error?.description == message)
  }
}
