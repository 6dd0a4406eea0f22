internal import CLinux
internal import CMatIO
internal import SystemPackage

/// A failed read of a MATLAB file. The text completes "file.mat: ...".
public struct MATError: Error, CustomStringConvertible {
  /// The file's, or what errors call it.
  public let path: String
  /// "expected X, found Y", with the variable where one is to blame.
  public let detail: String

  /// From the two parts of its text.
  public init(path: String, detail: String) {
    self.path = path
    self.detail = detail
  }

  public var description: String { "\(path): \(detail)" }
}

/// A MATLAB v5 or v7 file of cells, text and numbers. matio reads it, one variable at a time.
///
/// For files of plain arrays `MATArrays` is faster, and reads from memory.
public final class MATFile {
  private let handle: OpaquePointer
  private let path: String

  /// Opens a file, after all of it was checked.
  ///
  /// - Throws: `MATError` where the file cannot be read, is not a MATLAB v5 file, is cut short, contradicts
  ///   itself, or holds anything but cells, text and numbers.
  public init(path: String) throws {
    self.path = path
    do {
      try MappedFile(path: path).withBytes { try MATStructure.check($0, path: path) }
    } catch let error as FileError {
      throw MATError(path: path, detail: "\(error.action): \(error.errno)")
    }
    handle = try Self.open(path, path: path)
  }

  /// Opens a file in memory, such as an archive's member.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: what errors call it.
  /// - Throws: as `init(path:)`; `FileError` where the system has no room for it.
  public init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    self.path = path
    try MATStructure.check(bytes, path: path)
    // matio opens files by name only, so the bytes get a name: that of a file in memory.
    let descriptor = FileDescriptor(rawValue: memfd_create("sixdof.mat", 0))
    guard descriptor.rawValue >= 0 else {
      throw FileError(action: "make a file in memory for", path: path, errno: .current)
    }
    // matio's own descriptor keeps that file open.
    handle = try descriptor.closeAfter {
      try descriptor.writeAll(bytes)
      return try Self.open("/proc/self/fd/\(descriptor.rawValue)", path: path)
    }
  }

  /// Opens a file with matio. matio fills the missing part of a truncated array with whatever is in memory, takes
  /// any text for a file of version 4, and trusts every size. So the caller must check the file before.
  private static func open(_ name: String, path: String) throws(MATError) -> OpaquePointer {
    // matio prints to stderr on broken files. The thrown error says enough.
    Mat_LogInitFunc("sixdof") { _, _ in }
    guard let handle = Mat_Open(name, CInt(MAT_ACC_RDONLY.rawValue)) else {
      throw MATError(
        path: path, detail: "expected a MATLAB v5 file, found something else or a truncated one")
    }
    return handle
  }

  deinit { Mat_Close(handle) }

  /// Whether there is a variable of this name.
  public func contains(_ name: String) -> Bool {
    guard let information = Mat_VarReadInfo(handle, name) else { return false }
    Mat_VarFree(information)
    return true
  }

  /// Gives a whole variable to the closure, and frees it afterwards.
  ///
  /// - Throws: `MATError` where the variable is missing or unreadable; what the closure throws.
  public func withVariable<Result>(
    _ name: String, _ body: (MATValue) throws -> Result
  ) throws -> Result {
    guard let variable = Mat_VarRead(handle, name) else {
      throw MATError(
        path: path, detail: "variable '\(name)': expected one, found none or a truncated one")
    }
    defer { Mat_VarFree(variable) }
    return try body(MATValue(variable: variable))
  }
}

/// One value of a MATLAB file. It is valid while the `withVariable` that gave it runs.
public struct MATValue {
  fileprivate let variable: UnsafeMutablePointer<matvar_t>

  /// The size of each dimension; at least two.
  public var shape: [Int] {
    (0..<Int(variable.pointee.rank)).map { variable.pointee.dims[$0] }
  }

  /// The number of elements: the product of the shape.
  public var count: Int { shape.reduce(1, *) }

  /// The elements of a cell array in MATLAB's order (first index fastest); nil where the value is not a cell
  /// array. An empty element, which is a null pointer in matio, is nil.
  public var cells: [MATValue?]? {
    guard variable.pointee.class_type == MAT_C_CELL else { return nil }
    guard let data = variable.pointee.data else { return [] }
    let pointers = data.assumingMemoryBound(to: UnsafeMutablePointer<matvar_t>?.self)
    return (0..<count).map { pointers[$0].map(MATValue.init) }
  }

  /// The characters of a text; nil where the value is not text.
  public var text: String? {
    guard variable.pointee.class_type == MAT_C_CHAR else { return nil }
    guard let data = variable.pointee.data else { return "" }
    switch variable.pointee.data_size {
    case 1:
      // Text in UTF-8 has more bytes than characters, which are what the dimensions count.
      let bytes = UnsafeRawBufferPointer(start: data, count: Int(variable.pointee.nbytes))
      return String(decoding: bytes, as: UTF8.self)
    case 2:
      let units = UnsafeBufferPointer(
        start: data.assumingMemoryBound(to: UInt16.self), count: count)
      return String(decoding: units, as: UTF16.self)
    default: return nil
    }
  }

  /// The numbers of a real array in MATLAB's order (first index fastest); nil where the value is not one.
  /// Integers of 64 bits give nil too.
  public var numbers: [Double]? {
    func values<Number>(_ type: Number.Type, _ convert: (Number) -> Double) -> [Double] {
      guard let data = variable.pointee.data else { return [] }
      let buffer = UnsafeBufferPointer(start: data.assumingMemoryBound(to: type), count: count)
      return buffer.map(convert)
    }
    guard variable.pointee.isComplex == 0 else { return nil }
    switch variable.pointee.class_type {
    case MAT_C_DOUBLE: return values(Double.self) { $0 }
    case MAT_C_SINGLE: return values(Float.self) { Double($0) }
    case MAT_C_INT8: return values(Int8.self) { Double($0) }
    case MAT_C_UINT8: return values(UInt8.self) { Double($0) }
    case MAT_C_INT16: return values(Int16.self) { Double($0) }
    case MAT_C_UINT16: return values(UInt16.self) { Double($0) }
    case MAT_C_INT32: return values(Int32.self) { Double($0) }
    case MAT_C_UINT32: return values(UInt32.self) { Double($0) }
    default: return nil
    }
  }
}
