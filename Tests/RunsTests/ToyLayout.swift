import Codecs
import Schema
import Shards

/// A layout of a client's own, in one file: a map of the image file and how many faces it shows.
extension ShardLayout {
  static let toy = ShardLayout(
    "toy", form: "a map of image and faces",
    image: { value in
      guard value["faces"] != nil, case .binary(let image)? = value["image"] else { return nil }
      return image
    },
    encode: { record, imageBytes, _, writer in
      writer.writeMap(count: 2)
      writer.write("faces")
      writer.write(record.faces.count)
      writer.write("image")
      writer.writeBinaryHeader(count: imageBytes)
      return EncodedSample(head: writer.bytes, faceCount: record.faces.count)
    },
    decode: { value, image throws(SampleFault) in
      guard let faces = value["faces"]?.integer, (0...9).contains(faces) else {
        throw SampleFault(.counts, "faces: expected from 0 to 9, found others")
      }
      let record = ImageRecord(
        source: RecordSource(dataset: "toy"), image: ImageReference(path: ""))
      return StoredSample(
        image: image, record: record, json: .object([("faces", .integer(faces))]))
    })
}
