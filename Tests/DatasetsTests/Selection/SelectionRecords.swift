import Foundation
import Geometry
import Schema

/// A record of one image, with a face for each set of attributes.
func record(
  _ path: String, dataset: String = "biwi", _ faces: [[String: String]] = [[:]],
  yaw: Double? = nil
) -> ImageRecord {
  ImageRecord(
    source: RecordSource(dataset: dataset), image: ImageReference(path: path),
    faces: faces.enumerated().map { i, attributes in
      var face = Face(box: BoundingBox(x: 100 * Double(i), y: 0, width: 50, height: 60))
      face.attributes.others = attributes.sorted { $0.key < $1.key }
        .map { .init(name: $0.key, value: .text($0.value)) }
      face.pose = yaw.map(pose)
      return face
    })
}

/// A pose turned to the image's left by so many degrees.
func pose(yaw: Double) -> HeadPose {
  HeadPose(rotationVector: [0, yaw * .pi / 180, 0], translation: [0, 0, 1])
}
