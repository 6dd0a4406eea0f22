public import Codecs
internal import Geometry
public import Schema

extension COCOWriter {
  /// Makes the text of an image and its faces, but for their numbers, which depend on what was written before.
  public struct Encoder: RecordEncoder {
    let hasAngles: Bool
    private var text = JSONWriter()

    init(hasAngles: Bool) { self.hasAngles = hasAngles }

    /// The text of one image and its faces.
    public struct Sample: Sendable {
      /// Of the image's object and then of each face's, all that follows their numbers.
      fileprivate(set) var members: [UInt8] = []
      /// Where each ends.
      fileprivate(set) var ends: [Int] = []

      fileprivate mutating func add(_ object: [UInt8]) {
        members.append(UInt8(ascii: ","))
        members += object.dropFirst()
        ends.append(members.count)
      }
    }

    public mutating func encode(_ record: ImageRecord, image: StoredImage?) throws -> Sample {
      try encode(record, ImageRemarks())
    }

    mutating func encode(_ record: ImageRecord, _ remarks: ImageRemarks) throws -> Sample {
      var sample = Sample()
      text.removeAll()
      text.object {
        $0.key("file_name")
        $0.value(record.image.path)
        $0.key("width")
        $0.value(record.image.width ?? 0)
        $0.key("height")
        $0.value(record.image.height ?? 0)
        guard !remarks.image.isEmpty else { return }
        $0.key("findings")
        $0.array { for remark in remarks.image { $0.value(remark) } }
      }
      sample.add(try text.bytes)
      for (i, face) in record.faces.enumerated() {
        text.removeAll()
        write(face, remarks.of(i))
        sample.add(try text.bytes)
      }
      return sample
    }

    private mutating func write(_ face: Face, _ remarks: [String]) {
      let angles = hasAngles ? face.pose.flatMap(Self.angles) : nil
      let category = face.landmarks.flatMap { COCOWriter.layouts.firstIndex(of: $0.layout) } ?? 0
      text.object {
        $0.key("category_id")
        $0.value(category + 1)
        $0.key("bbox")
        $0.array {
          for number in [face.box.left, face.box.top, face.box.width, face.box.height] {
            $0.value(number)
          }
        }
        $0.key("area")
        $0.value(face.box.width * face.box.height)
        $0.key("iscrowd")
        $0.value(0)
        if face.attributes.ignore == true || face.attributes.invalid == true {
          $0.key("ignore")
          $0.value(1)
        }
        if let score = face.attributes.score {
          $0.key("score")
          $0.value(score)
        }
        if let angles {
          $0.key("euler_angles")
          $0.array { for angle in [angles.pitch, angles.yaw, angles.roll] { $0.value(angle) } }
        }
        if !remarks.isEmpty {
          $0.key("attributes")
          $0.object {
            $0.key("finding")
            $0.value(remarks.joined(separator: " "))
          }
        }
        guard let landmarks = face.landmarks else { return }
        $0.key("num_keypoints")
        $0.value(landmarks.presentCount)
        $0.key("keypoints")
        $0.array {
          for i in 0..<landmarks.count {
            let position = landmarks.position(i) ?? .zero
            $0.value(position.x)
            $0.value(position.y)
            $0.value(landmarks[i].visibility.number)
          }
        }
      }
    }

    /// Pitch, yaw and roll in degrees as DirectMHP has them; nil for a pose that it has none for.
    static func angles(of pose: HeadPose) -> EulerAngles? {
      EulerConvention.aflw.angles(of: pose.rotation).withinHalfTurns?.inDegrees
    }
  }
}
