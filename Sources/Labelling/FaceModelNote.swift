internal import Codecs
internal import FoundationEssentials
internal import Schema

/// What `calibrate` says of a face model, in a JSON file beside it: the same name with the ending `.json`.
struct FaceModelNote {
  let frame: HeadPose.Frame
  /// In fractions of the interocular distance.
  let identitySigma: Double

  /// Reads the note of a model; nil where there is none, or where the file of its name is something else.
  ///
  /// - Throws: `FaceModelError` where the note is damaged, or that of other points; `FileError`.
  init?(beside path: String) throws {
    guard let place = FaceModel.note(of: path) else { return nil }
    let text = try MappedFile(path: place).withBytes { String(decoding: $0, as: UTF8.self) }
    guard let note = try? JSONParser.value(of: text), note["schema"]?.text == FaceModel.noteSchema
    else {
      return nil
    }
    func found(_ name: String) -> String {
      note[name].map { $0.text.map { "'\($0)'" } ?? $0.number.map { "\($0)" } ?? $0.kind } ?? "none"
    }
    guard let frame = note["frame"]?.text.flatMap(HeadPose.Frame.init(rawValue:)) else {
      throw FaceModelError(place, "frame: expected an object frame, found \(found("frame"))")
    }
    guard let sigma = note["identity_sigma"]?.number, sigma >= 0, sigma <= 1 else {
      throw FaceModelError(
        place,
        "identity_sigma: expected a number from 0 to 1, found \(found("identity_sigma"))")
    }
    guard note["sha256"]?.text == (try sha256(ofFile: path)) else {
      throw FaceModelError(
        place,
        "sha256: expected that of \(SourceLocation.fileName(of: path)), found that of other points; calibrate again, or remove the note"
      )
    }
    (self.frame, identitySigma) = (frame, sigma)
  }
}

extension FaceModel {
  /// The member `schema` of a note beside a face model.
  public static let noteSchema = "sixdof.face-model/1"
}

extension FaceModel {
  /// The path of what `calibrate` says of a model, which is read with it; nil where there is no such file.
  ///
  /// - Parameter path: of the model.
  public static func note(of path: String) -> String? {
    guard path.lowercased().hasSuffix(".npy") else { return nil }
    let place = String(path.dropLast(4)) + ".json"
    return fileExists(place) ? place : nil
  }
}
