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

/// A MATLAB v5 or v7 file of cells, structures, text and numbers, one variable at a time.
///
/// Values are views of the variable's bytes. For files of plain arrays `MATArrays` gives copies that stay.
public final class MATFile {
  private let contents: FileContents
  private let path: String
  private let isLittleEndian: Bool
  /// Where each variable's element begins.
  private var places: [String: Int] = [:]
  private let inflater = MATInflater(limit: MATStructure.largestVariable)

  /// Opens a file, after all of it was checked.
  ///
  /// - Throws: `MATError` where the file cannot be read, is not a MATLAB v5 file, is cut short, contradicts
  ///   itself, or holds anything but cells, structures, text and numbers.
  public convenience init(path: String) throws {
    do {
      try self.init(FileContents(MappedFile(path: path)), path: path)
    } catch let error as FileError {
      throw MATError(path: path, detail: "\(error.action): \(error.errno)")
    }
  }

  /// Reads an open file, such as an archive's member.
  ///
  /// - Parameters:
  ///   - contents: the whole file.
  ///   - path: what errors call it.
  /// - Throws: as `init(path:)`.
  public init(_ contents: FileContents, path: String) throws {
    (self.contents, self.path) = (contents, path)
    (isLittleEndian, places) = try contents.withBytes { bytes in
      (
        try MATArrays.checkHeader(bytes, path: path),
        try MATStructure.places(in: bytes, path: path)
      )
    }
  }

  /// The names of a file's variables, without a look at what they hold; none where it is no MATLAB v5 file. Of a
  /// variable that cannot be read on, those before it.
  public static func names(in bytes: UnsafeRawBufferPointer) -> [String] {
    guard let isLittleEndian = try? MATArrays.checkHeader(bytes, path: "") else { return [] }
    func name(_ data: UnsafeRawBufferPointer) -> String? {
      (try? MATVariable(MATElement(matrix: data, isLittleEndian: isLittleEndian)))?.name
    }
    var (position, names) = (128, [String]())
    while names.count < mostNames,
      let element = MATElement(
        bytes, at: position, isLittleEndian: isLittleEndian, isPadded: false)
    {
      position = element.end
      let found =
        element.type == MATElement.compressed
        ? Deflate.head(of: element.data, atMost: headSize, isWrapped: true).withUnsafeBytes {
          name(UnsafeRawBufferPointer(rebasing: $0.dropFirst(8)))
        } : name(element.data)
      if let found { names.append(found) }
    }
    return names
  }

  private static let mostNames = 256
  /// In bytes; names are at the beginning.
  private static let headSize = 8192

  /// The names of all variables.
  public var names: some Collection<String> { places.keys }

  /// Whether there is a variable of this name.
  public func contains(_ name: String) -> Bool { places[name] != nil }

  /// Gives a whole variable to the closure. Its values are valid while the closure runs, in which no other variable may
  /// be asked for.
  ///
  /// - Throws: `MATError` where there is none of this name; what the closure throws.
  public func withVariable<Result>(
    _ name: String, _ body: (MATValue) throws -> Result
  ) throws -> Result {
    guard let place = places[name] else {
      throw MATError(path: path, detail: "variable '\(name)': expected one, found none")
    }
    return try contents.withBytes { bytes in
      // The file was checked when it was opened; one that has changed since may be no longer whole.
      guard
        var element = MATElement(bytes, at: place, isLittleEndian: isLittleEndian, isPadded: false)
      else { throw changed(name) }
      if element.type == MATElement.compressed {
        guard
          let unpacked = try? inflater.unpack(element.data, isLittleEndian: isLittleEndian),
          let inner = MATElement(unpacked, at: 0, isLittleEndian: isLittleEndian, isPadded: false)
        else { throw changed(name) }
        element = inner
      }
      guard let value = MATValue(element) else { throw changed(name) }
      return try body(value)
    }
  }

  private func changed(_ name: String) -> MATError {
    MATError(path: path, detail: "variable '\(name)': expected a whole one, found a changed file")
  }
}

/// One value of a MATLAB file. It is valid while the `withVariable` that gave it runs.
public struct MATValue {
  private let variable: MATVariable
  private let isLittleEndian: Bool

  /// Nil where the element is an empty cell.
  init?(_ element: MATElement) {
    guard !element.data.isEmpty, let variable = try? MATVariable(element) else { return nil }
    (self.variable, isLittleEndian) = (variable, element.isLittleEndian)
  }

  /// The size of each dimension; at least two.
  public var shape: [Int] { variable.shape }

  /// The number of elements: the product of the shape.
  public var count: Int { variable.count ?? 0 }

  /// The elements of a cell array in MATLAB's order (first index fastest); nil where the value is not a cell array. An
  /// empty element is nil.
  public var cells: [MATValue?]? {
    guard variable.kind == MATVariable.cellArray else { return nil }
    return elements(in: variable.contents).map { MATValue($0) }
  }

  /// The values that the elements of a structure have in a field, in MATLAB's order; nil where the value is no structure
  /// or has no such field. An empty one is nil.
  public func field(_ name: String) -> [MATValue?]? {
    guard variable.kind == MATVariable.structure, let fields = variable.fields,
      let place = fields.names.firstIndex(of: name)
    else { return nil }
    let all = elements(in: fields.contents)
    return stride(from: place, to: all.count, by: fields.names.count).map { MATValue(all[$0]) }
  }

  private func elements(in bytes: UnsafeRawBufferPointer) -> [MATElement] {
    var (position, found) = (0, [MATElement]())
    while position < bytes.count,
      let element = MATElement(bytes, at: position, isLittleEndian: isLittleEndian)
    {
      found.append(element)
      position = element.end
    }
    return found
  }

  /// The characters of a text; nil where the value is not text.
  public var text: String? {
    guard variable.kind == MATVariable.text else { return nil }
    guard let storage = variable.storage else { return "" }
    func units<Unit: FixedWidthInteger>(_ type: Unit.Type) -> [Unit] {
      (0..<storage.data.count / MemoryLayout<Unit>.size).map { i in
        let unit = storage.data.loadUnaligned(
          fromByteOffset: i * MemoryLayout<Unit>.size, as: type)
        return isLittleEndian ? unit.littleEndian : unit.bigEndian
      }
    }
    return switch MATStructure.width(ofType: storage.type) {
    // Also where the type says bytes: writers put UTF-8 there.
    case 1: String(decoding: storage.data, as: UTF8.self)
    case 2: String(decoding: units(UInt16.self), as: UTF16.self)
    case 4: String(decoding: units(UInt32.self), as: UTF32.self)
    default: nil
    }
  }

  /// The numbers of a real array in MATLAB's order (first index fastest); nil where the value is not one. Integers
  /// beyond 2⁵³ are rounded.
  public var numbers: [Double]? {
    guard MATArray.Element(matlabClass: variable.kind) != nil, !variable.isComplex else {
      return nil
    }
    guard let storage = variable.storage else { return count == 0 ? [] : nil }
    guard let stored = MATArray.Element(matlabType: storage.type),
      count <= storage.data.count / stored.width
    else { return nil }
    return (0..<count).map { i in
      StoredNumber(storage.data, at: i, stored, isLittleEndian: isLittleEndian).double
    }
  }
}
