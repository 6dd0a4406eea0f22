import Checks
import Codecs
import Datasets
import Foundation
import Inference
import Schema

extension FuzzedParser {
  /// JSON in its several uses, and numbers.
  static let texts = [
    FuzzedParser("json", .text) { seeds in
      try seeds.files(".json", ".jsonl") + [Array(#"{"a":[1,2.5e-3,"x\u00e9",null,true]}"#.utf8)]
    } make: { _, _ in
      { input in
        try input.withUnsafeBytes { bytes in
          _ = JSONOutline.keys(of: bytes)
          _ = try JSONParser.value(of: bytes)
        }
      }
    },
    FuzzedParser("records", .text, seeds: { try $0.files(".jsonl") }) { place, _ in
      { input in
        var lines = RecordLines(file: try MappedFile(path: place.write(input, to: "x.jsonl")))
        var writer = JSONWriter()
        while let outcome = lines.next() { written(outcome, &writer) }
      }
    },
    FuzzedParser("numbers", .text) { _ in
      ["1", "-12.5", "0.000123", "6.02e23", "1234567890123456789", "nan", "1e-320"]
        .map { Array($0.utf8) }
    } make: { _, _ in
      { input in
        let number = input.withUnsafeBytes { DecimalNumber.value(of: $0) }
        if number == nil { throw CocoaError(.formatting) }
      }
    },
    FuzzedParser("check-settings", .text) { _ in
      [Array(settings.utf8)]
    } make: { _, _ in
      { input in
        let json = try input.withUnsafeBytes { try JSONParser.value(of: $0) }
        _ = try CheckSettings(json)
      }
    },
    FuzzedParser("model-manifest", .text) { _ in
      [Array(model.utf8)]
    } make: { place, _ in
      { input in _ = try ModelManifest(path: place.write(input, to: "model.json")) }
    },
  ]

  /// Writes what was read: whatever a reader takes, the writers can write.
  static func written(_ outcome: Outcome, _ writer: inout JSONWriter) {
    writer.removeAll()
    outcome.record?.write(to: &writer)
    for issue in outcome.issues { issue.write(to: &writer) }
    do { _ = try writer.bytes } catch { preconditionFailure("\(error)") }
  }

  private static let settings = """
    {"thresholds":{"duplicate-overlap":0.95,"smallest-depth":0.1},\
    "ignore":["source-variant"],"accept":[{"check":"malformed-line","record":"wider-face/1",\
    "file":"label.txt","face":0,"reason":"seen"}]}
    """

  private static let model = """
    {"adapter":"3ddfa-v2","model":{"file":"mb1.onnx","sha256":\
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},\
    "input":{"size":[120,120],"channels":"bgr","layout":"nchw","mean":[127.5,127.5,127.5],\
    "scale":[0.0078125,0.0078125,0.0078125]},"outputs":{"parameters":"output"},\
    "numbers":{"a":1.5},"tables":{"mean":{"file":"mean.npy","sha256":\
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}}
    """
}
