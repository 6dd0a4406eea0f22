public import Codecs

/// Writes a value as MessagePack, equal to its JSON: whole numbers as integers, others as float64, objects as maps.
public struct MessagePackValueWriter: ValueWriter {
  private let writer: MessagePackWriter
  /// How many values, or keys and values, the innermost array or object has so far.
  private var count = 0
  /// The first number that could not be written.
  private var refused: Double?

  /// Appends to what `writer` holds.
  public init(_ writer: MessagePackWriter) { self.writer = writer }

  /// To be asked at the end.
  ///
  /// - Throws: `JSONError` where a number that is not finite was to be written.
  public func checkFinite() throws(JSONError) {
    if let refused {
      throw JSONError(description: "JSON: expected finite numbers to write, found \(refused)")
    }
  }

  public mutating func object(_ body: (inout Self) -> Void) {
    let (outer, start) = (count, writer.beginNested())
    count = 0
    body(&self)
    writer.endMap(from: start, count: count)
    count = outer + 1
  }

  public mutating func array(_ body: (inout Self) -> Void) {
    let (outer, start) = (count, writer.beginNested())
    count = 0
    body(&self)
    writer.endArray(from: start, count: count)
    count = outer + 1
  }

  public mutating func key(_ name: StaticString) { name.withUTF8Buffer { writer.write(utf8: $0) } }

  public mutating func key(named name: String) { writer.write(name) }

  public mutating func null() {
    writer.writeNil()
    count += 1
  }

  public mutating func value(_ value: Bool) {
    writer.write(value)
    count += 1
  }

  public mutating func value(_ value: Int) {
    writer.write(value)
    count += 1
  }

  public mutating func value(_ value: Double) { number(value, value) }

  public mutating func value(_ value: Float) {
    // The number that a reader of JSON gets, who does not know of `Float`.
    number(value, value.isWrittenWhole ? 0 : Double(value.description) ?? Double(value))
  }

  @inline(__always)
  private mutating func number(_ value: some BinaryFloatingPoint, _ double: Double) {
    count += 1
    guard value.isFinite else {
      refused = refused ?? Double(value)
      return writer.writeNil()
    }
    if value.isWrittenWhole { writer.write(Int(value)) } else { writer.write(double) }
  }

  public mutating func value(_ value: some StringProtocol) {
    writer.write(String(value))
    count += 1
  }
}
