/// Checks a MATLAB v5 file for what matio would wrongly trust: sizes beyond the data, cell arrays that claim more
/// elements than follow, endless nesting.
enum MATStructure {
  /// Datasets' cell arrays are two levels deep.
  private static let greatestDepth = 16
  private static let largestVariable = 1 << 30

  /// - Throws: `MATError` at the first fault, or where a variable is not numbers, text or cells.
  static func check(_ bytes: UnsafeRawBufferPointer, path: String) throws(MATError) {
    try MATArrays.forEachVariable(bytes, path: path, limit: largestVariable) {
      (element) throws(MATError) in
      if let problem = problem(of: element, depth: 0) {
        throw MATError(path: path, detail: problem)
      }
    }
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
    case 1:
      guard depth < greatestDepth else { return "expected cells, found them nested too deeply" }
      return problem(ofCells: variable, count, element, depth)
    case 4, 6...15:
      guard let storage = variable.storage else {
        return count == 0 ? nil : "expected \(count) elements, found none"
      }
      guard let width = width(ofType: storage.type) else {
        return "expected numbers or text, found a piece of type \(storage.type)"
      }
      // Text in UTF-8 has more bytes than characters.
      let isText = variable.kind == 4
      guard
        storage.data.count / width == count || isText && storage.type == 16,
        count <= storage.data.count
      else { return "expected \(count) elements, found \(storage.data.count) bytes" }
      return nil
    default: return "expected numbers, text or cells, found something else"
    }
  }

  private static func problem(
    ofCells variable: MATVariable, _ count: Int, _ element: MATElement, _ depth: Int
  ) -> String? {
    var position = 0
    var found = 0
    while position < variable.contents.count {
      guard
        let cell = MATElement(
          variable.contents, at: position, isLittleEndian: element.isLittleEndian)
      else { return "expected whole cells, found one cut short" }
      if let problem = problem(of: cell, depth: depth + 1) { return problem }
      position = cell.end
      found += 1
    }
    return found == count ? nil : "expected \(count) cells, found \(found)"
  }

  /// The size in bytes of one number or code unit of a storage type (miINT8 ..., miUTF8, miUTF16, miUTF32).
  private static func width(ofType type: UInt32) -> Int? {
    switch type {
    case 16: 1
    case 17: 2
    case 18: 4
    default: MATArray.Element(matlabType: type)?.width
    }
  }
}
