/// A `.npy` file with any header, true or not.
public func npyFile(header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
  let text = Array((header + "\n").utf8)
  let lengthBytes = version == 1 ? 2 : 4
  let length = (0..<lengthBytes).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
}

/// A `.npy` file of float32 numbers in C order.
public func npyFile(_ values: [Float], shape: String, isFortranOrder: Bool = false) -> [UInt8] {
  npyFile(
    header:
      "{'descr': '<f4', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': \(shape), }",
    data: values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    })
}
