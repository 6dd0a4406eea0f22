internal import FoundationEssentials

/// An array of a source file as it is there: its name, type, shape and numbers.
///
/// In JSON it is a member `name: {"dtype": "<f4", "shape": [1, 7], "data": "..."}` whose data are the numbers'
/// bytes in base64. They are row by row (NumPy's C order), whatever the source's order.
public struct NativeArray: Sendable, Equatable {
  /// The numbers, or where they are.
  public enum Content: Sendable, Equatable {
    /// Little-endian numbers, row by row.
    case bytes([UInt8])
    /// The path in the dataset of the file that holds the array, where it is too large to be repeated.
    case file(String)
  }

  /// The size in bytes above which an array is kept as a reference to its file, unless all arrays are asked for.
  public static let largestInPlace = 4096

  /// As in the source file.
  public var name: String
  /// NumPy's name for the type: `<f4`, `<f8`, `<i2`, `|u1` ...
  public var dtype: String
  /// The size along each axis.
  public var shape: [Int]
  /// The numbers, or where they are.
  public var content: Content

  /// From its parts; that they fit together is not checked.
  public init(name: String, dtype: String, shape: [Int], content: Content) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.content = content
  }
}

extension NativeArray {
  func write(to writer: inout some ValueWriter) {
    writer.key(named: name)
    writer.object {
      $0.key("dtype")
      $0.value(dtype)
      $0.key("shape")
      $0.array { for extent in shape { $0.value(extent) } }
      switch content {
      case .bytes(let bytes):
        $0.key("data")
        $0.value(Data(bytes).base64EncodedString())
      case .file(let path):
        $0.key("file")
        $0.value(path)
      }
    }
  }

  /// nil where a member of `native` is not an array.
  init?(name: String, _ json: JSONValue) {
    guard case .object(let members) = json, members.count == 3, let dtype = json["dtype"]?.text,
      let extents = json["shape"]?.elements, dtype.utf8.count <= 16, extents.count <= 32
    else { return nil }
    var shape: [Int] = []
    for extent in extents {
      guard case .integer(let number) = extent, number >= 0 else { return nil }
      shape.append(number)
    }
    let content: Content
    if let text = json["data"]?.text, let data = Data(base64Encoded: text) {
      content = .bytes(Array(data))
    } else if let path = json["file"]?.text {
      content = .file(path)
    } else {
      return nil
    }
    self.init(name: name, dtype: dtype, shape: shape, content: content)
  }
}
