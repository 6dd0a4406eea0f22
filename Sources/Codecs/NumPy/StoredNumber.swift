/// One number of a file, to be converted from the type that it is stored in to the type that it stands for.
enum StoredNumber {
  case whole(Int64)
  case large(UInt64)
  case real(Double)
  /// Kept as bits, because a conversion would change a signalling NaN.
  case single(UInt32)

  init(
    _ bytes: UnsafeRawBufferPointer, at index: Int, _ stored: MATArray.Element,
    isLittleEndian: Bool
  ) {
    func raw<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
      let value = bytes.loadUnaligned(fromByteOffset: index * stored.width, as: type)
      return isLittleEndian ? value.littleEndian : value.bigEndian
    }
    self =
      switch stored {
      case .float64: .real(Double(bitPattern: raw(UInt64.self)))
      case .float32: .single(raw(UInt32.self))
      case .int8: .whole(Int64(raw(Int8.self)))
      case .uint8: .whole(Int64(raw(UInt8.self)))
      case .int16: .whole(Int64(raw(Int16.self)))
      case .uint16: .whole(Int64(raw(UInt16.self)))
      case .int32: .whole(Int64(raw(Int32.self)))
      case .uint32: .whole(Int64(raw(UInt32.self)))
      case .int64: .whole(raw(Int64.self))
      case .uint64: .large(raw(UInt64.self))
      }
  }

  /// The number; integers beyond 2⁵³ are rounded.
  var double: Double {
    switch self {
    case .whole(let value): Double(value)
    case .large(let value): Double(value)
    case .real(let value): value
    case .single(let bits): Double(Float(bitPattern: bits))
    }
  }

  /// Stores the number, little-endian, as element `index` of an array.
  ///
  /// - Returns: false where the type cannot hold the number exactly.
  func store(
    to target: UnsafeMutableRawBufferPointer, at index: Int, as element: MATArray.Element
  ) -> Bool {
    func put<Number: FixedWidthInteger>(_ value: Number?) -> Bool {
      guard let value else { return false }
      target.storeBytes(
        of: value.littleEndian, toByteOffset: index * element.width, as: Number.self)
      return true
    }
    func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
      switch self {
      case .whole(let value): Number(exactly: value)
      case .large(let value): Number(exactly: value)
      case .real(let value): Number(exactly: value)
      case .single(let bits): Number(exactly: Float(bitPattern: bits))
      }
    }
    switch element {
    case .float64:
      switch self {
      case .whole(let value): return put(Double(exactly: value)?.bitPattern)
      case .large(let value): return put(Double(exactly: value)?.bitPattern)
      case .real(let value): return put(value.bitPattern)
      case .single(let bits): return put(Double(Float(bitPattern: bits)).bitPattern)
      }
    case .float32:
      switch self {
      case .whole(let value): return put(Float(exactly: value)?.bitPattern)
      case .large(let value): return put(Float(exactly: value)?.bitPattern)
      case .real(let value):
        return put(value.isNaN ? Float.nan.bitPattern : Float(exactly: value)?.bitPattern)
      case .single(let bits): return put(bits)
      }
    case .int8: return put(integer(Int8.self))
    case .uint8: return put(integer(UInt8.self))
    case .int16: return put(integer(Int16.self))
    case .uint16: return put(integer(UInt16.self))
    case .int32: return put(integer(Int32.self))
    case .uint32: return put(integer(UInt32.self))
    case .int64: return put(integer(Int64.self))
    case .uint64: return put(integer(UInt64.self))
    }
  }
}
