internal import Codecs
internal import Schema

extension ShardLayout {
  /// MessagePack maps of the whole record, as its JSON has it, and the image file.
  public static let records = {
    var layout = ShardLayout(
      "records", form: "a map of record and image", image: image(inRecord:),
      encode: encodeRecord, decode: decodeRecord)
    layout.holdsRecords = true
    return layout
  }()

  @Sendable private static func image(inRecord value: MessagePackValue) -> Range<Int>? {
    guard case .map(let members) = value, members.count == 2, value["record"] != nil,
      case .binary(let image)? = value["image"]
    else { return nil }
    return image
  }

  @Sendable private static func encodeRecord(
    _ record: ImageRecord, _ imageBytes: Int, _ targets: any SampleTargets,
    _ writer: MessagePackWriter
  ) throws -> EncodedSample {
    writer.writeMap(count: 2)
    writer.write("record")
    var values = MessagePackValueWriter(writer)
    record.writeValue(to: &values)
    try values.checkFinite()
    writer.write("image")
    writer.writeBinaryHeader(count: imageBytes)
    return EncodedSample(
      head: writer.bytes, localPoses: SampleEncoder.localPoses(of: record, targets: targets),
      faceCount: record.faces.count)
  }

  @Sendable private static func decodeRecord(
    _ value: MessagePackValue, _ image: Range<Int>
  ) throws(SampleFault) -> StoredSample {
    let json = JSONValue(value["record"] ?? .null)
    do {
      return StoredSample(
        image: image, record: try ImageRecord(json),
        json: .object([("image_bytes", .integer(image.count)), ("record", json)]))
    } catch {
      throw SampleFault(.form, "record: \(error)")
    }
  }
}
