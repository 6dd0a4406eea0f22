internal import CMatIO
internal import SystemPackage

/// What `MATWriter` can store: the kinds of values that the datasets' own files have.
public enum MATContent {
  /// A cell array of one column.
  case cells([MATContent])
  /// A text of one row.
  case text(String)
  /// Integers of shape rows x columns, column by column.
  case int32([Int32], rows: Int, columns: Int)
  /// Likewise.
  case uint8([UInt8], rows: Int, columns: Int)
  /// Likewise.
  case uint16([UInt16], rows: Int, columns: Int)
  /// Numbers of any type, row by row. The array's own name is not used.
  case array(MATArray)
}

/// Writes a MATLAB v5 file. It is complete once `finish` has returned.
public final class MATWriter {
  /// Nil once the file is closed.
  private var handle: OpaquePointer?
  private let path: String
  private var variables = 0

  /// Makes the file, or replaces what is there.
  ///
  /// - Throws: `FileError` where it cannot be made.
  public init(path: String) throws {
    self.path = path
    // A fixed header, as matio's own contains the time. So equal input gives equal bytes.
    let header = "MATLAB 5.0 MAT-file, made by sixdof"
    guard let handle = Mat_CreateVer(path, header, MAT_FT_MAT5) else {
      throw FileError(action: "create", path: path, errno: .current)
    }
    self.handle = handle
  }

  /// Writes a whole file of arrays.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public static func write(_ arrays: [MATArray], to path: String) throws {
    let writer = try MATWriter(path: path)
    for array in arrays { try writer.write(array) }
    try writer.finish()
  }

  deinit { if let handle { Mat_Close(handle) } }

  /// Closes the file and looks whether all of it is there: matio writes through a buffer, and does not say where a
  /// part of it is lost on a full disk.
  ///
  /// - Throws: `FileError` where it is not.
  public func finish() throws {
    guard let handle else { return }
    self.handle = nil
    guard Mat_Close(handle) == 0 else {
      throw FileError(action: "write", path: path, errno: .current)
    }
    var found = 0
    do {
      try MappedFile(path: path, isWatched: false).withBytes { bytes in
        try MATArrays.forEachVariable(bytes, path: path, limit: .max) { _ in found += 1 }
      }
    } catch is MATError {
      found = -1
    }
    guard found == variables else {
      throw FileError(action: "write", path: path, errno: .noSpace)
    }
  }

  /// Writes a variable, uncompressed.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(_ name: String, _ content: MATContent) throws {
    let variable = try Self.variable(name, content)
    defer { Mat_VarFree(variable) }
    guard let handle, Mat_VarWrite(handle, variable, MAT_COMPRESSION_NONE) == 0 else {
      throw FileError(action: "write variable '\(name)' of", path: path, errno: .current)
    }
    variables += 1
  }

  /// Writes an array under its own name.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(_ array: MATArray) throws { try write(array.name, .array(array)) }

  /// matio's own copy of the content; a cell array owns its elements.
  private static func variable(
    _ name: String?, _ content: MATContent
  ) throws -> UnsafeMutablePointer<matvar_t> {
    switch content {
    case .cells(let elements):
      var pointers: [UnsafeMutablePointer<matvar_t>?] = []
      for element in elements { pointers.append(try variable(nil, element)) }
      return make(name, MAT_C_CELL, MAT_T_CELL, [elements.count, 1], &pointers)
    case .text(let text):
      var bytes = Array(text.utf8)
      return make(name, MAT_C_CHAR, MAT_T_UINT8, [1, bytes.count], &bytes)
    case .int32(var values, let rows, let columns):
      return make(name, MAT_C_INT32, MAT_T_INT32, [rows, columns], &values)
    case .uint8(var values, let rows, let columns):
      return make(name, MAT_C_UINT8, MAT_T_UINT8, [rows, columns], &values)
    case .uint16(var values, let rows, let columns):
      return make(name, MAT_C_UINT16, MAT_T_UINT16, [rows, columns], &values)
    case .array(let array):
      var values = [UInt8](repeating: 0, count: array.bytes.count)
      array.bytes.withUnsafeBytes { source in
        values.withUnsafeMutableBytes {
          // In the other direction: from row by row to column by column.
          copyTransposed(
            source, to: $0, rows: array.columns, columns: array.rows, width: array.element.width)
        }
      }
      let (type, storage) = array.element.matio
      return make(name, type, storage, [array.rows, array.columns], &values)
    }
  }

  private static func make(
    _ name: String?, _ type: matio_classes, _ storage: matio_types, _ shape: [Int],
    _ data: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<matvar_t> {
    var shape = shape
    guard let variable = Mat_VarCreate(name, type, storage, 2, &shape, data, 0) else {
      preconditionFailure("matio makes every variable of two dimensions")
    }
    return variable
  }
}

extension MATArray.Element {
  /// matio's constants for the class and for the storage type.
  fileprivate var matio: (matio_classes, matio_types) {
    switch self {
    case .float64: (MAT_C_DOUBLE, MAT_T_DOUBLE)
    case .float32: (MAT_C_SINGLE, MAT_T_SINGLE)
    case .int8: (MAT_C_INT8, MAT_T_INT8)
    case .uint8: (MAT_C_UINT8, MAT_T_UINT8)
    case .int16: (MAT_C_INT16, MAT_T_INT16)
    case .uint16: (MAT_C_UINT16, MAT_T_UINT16)
    case .int32: (MAT_C_INT32, MAT_T_INT32)
    case .uint32: (MAT_C_UINT32, MAT_T_UINT32)
    case .int64: (MAT_C_INT64, MAT_T_INT64)
    case .uint64: (MAT_C_UINT64, MAT_T_UINT64)
    }
  }
}
