/// Checks a MATLAB v5 file for all that `MATValue` relies on: no size beyond the data, as many cells and fields as are
/// claimed, no endless nesting.
enum MATStructure {
  /// Datasets' cell arrays are two levels deep.
  private static let greatestDepth = 16
  static let largestVariable = 1 << 30

  /// Where the element of each variable begins; of two of one name, the first.
  ///
  /// - Throws: `MATError` at the first fault, or where a variable is not numbers, text, cells or structures.
  static func places(
    in bytes: UnsafeRawBufferPointer, path: String
  ) throws(MATError) -> [String: Int] {
    var places: [String: Int] = [:]
    try MATArrays.forEachVariable(bytes, path: path, limit: largestVariable) {
      (element, place) throws(MATError) in
      if let problem = problem(of: element, depth: 0) {
        throw MATError(path: path, detail: problem)
      }
      guard let variable = try? MATVariable(element) else { return }
      places[variable.name] = places[variable.name] ?? place
    }
    return places
  }

  private static func problem(of element: MATElement, depth: Int) -> String? {
    guard element.type == MATElement.matrix else {
      return "expected matrices, found an element of type \(element.type)"
    }
    // Empty cells are written without data.
    if element.data.isEmpty, depth > 0 { return nil }
    let variable: MATVariable
    do throws(MATVariable.Failure) {
      variable = try MATVariable(element)
    } catch {
      return error.detail
    }
    guard let count = variable.count else { return "expected a size, found one beyond all bounds" }
    switch variable.kind {
    case MATVariable.cellArray:
      return problem(of: "cells", variable.contents, count, element, depth)
    case MATVariable.structure:
      guard let fields = variable.fields else { return "expected names of fields, found none" }
      let (values, isTooGreat) = count.multipliedReportingOverflow(by: fields.names.count)
      guard !isTooGreat else { return "expected a size, found one beyond all bounds" }
      return problem(of: "values of fields", fields.contents, values, element, depth)
    case MATVariable.text, 6...15:
      guard let storage = variable.storage else {
        return count == 0 ? nil : "expected \(count) elements, found none"
      }
      guard let width = width(ofType: storage.type) else {
        return "expected numbers or text, found a piece of type \(storage.type)"
      }
      // Text in UTF-8 has more bytes than characters.
      let isText = variable.kind == MATVariable.text
      guard
        storage.data.count / width == count || isText && storage.type == 16,
        count <= storage.data.count
      else { return "expected \(count) elements, found \(storage.data.count) bytes" }
      return nil
    default: return "expected numbers, text, cells or structures, found something else"
    }
  }

  /// - Parameter count: how many values there are to be.
  private static func problem(
    of what: String, _ contents: UnsafeRawBufferPointer, _ count: Int, _ element: MATElement,
    _ depth: Int
  ) -> String? {
    guard depth < greatestDepth else { return "expected \(what), found them nested too deeply" }
    var position = 0
    var found = 0
    while position < contents.count {
      guard
        let value = MATElement(contents, at: position, isLittleEndian: element.isLittleEndian)
      else { return "expected whole \(what), found one cut short" }
      if let problem = problem(of: value, depth: depth + 1) { return problem }
      position = value.end
      found += 1
    }
    return found == count ? nil : "expected \(count) \(what), found \(found)"
  }

  /// The size in bytes of one number or code unit of a storage type (miINT8 ..., miUTF8, miUTF16, miUTF32).
  static func width(ofType type: UInt32) -> Int? {
    switch type {
    case 16: 1
    case 17: 2
    case 18: 4
    default: MATArray.Element(matlabType: type)?.width
    }
  }
}
