internal import Codecs
internal import Geometry
internal import Schema

/// The lists and arrays of 3DDFA's training set, made when all crops are there: which crop is in which list, the
/// whitening where it is computed, and the whitened parameters, row by row.
struct TDDFALists {
  let layout: TDDFALayout
  let folder: OutputFolder
  let options: ExportOptions
  /// All crops, in their order.
  let rows: Spool
  /// The photos that they show.
  var groups: RecordGroups

  /// Writes all of them.
  ///
  /// - Returns: how many crops the list of validation has.
  mutating func write() throws -> Int {
    let isHeldOut = try heldOut()
    let whitening = try whitening(isHeldOut)
    try write(whitening)
    try write(whitening, isHeldOut, part: false)
    try write(whitening, isHeldOut, part: true)
    try writeTable(isHeldOut)
    return isHeldOut.count { $0 }
  }

  /// For each crop whether it is in the list of validation. No photo is in both lists.
  ///
  /// Where records themselves name both parts, theirs hold, and a photo of both is held out. Otherwise photos are
  /// drawn by the balanced rule (`GroupSplit`).
  private mutating func heldOut() throws -> [Bool] {
    var keys: [Int] = []
    var own: [Int: Bool] = [:]
    var named: Set<Bool> = []
    for i in 0..<rows.count {
      let row = try TDDFARow(bytes: rows[i])
      let group = groups.group(ofKey: row.key)
      keys.append(group)
      if let isHeldOut = row.isHeldOut {
        named.insert(isHeldOut)
        own[group] = own[group] == true || isHeldOut
      }
    }
    if named.count == 2 { return keys.map { own[$0] ?? false } }
    guard options.valShare > 0 else { return keys.map { _ in false } }
    let shares = [
      GroupSplit.Share(name: "train", weight: 1 - options.valShare),
      GroupSplit.Share(name: "val", weight: options.valShare),
    ]
    let assignment = GroupSplit(shares: shares, seed: options.seed, rule: .balanced)
      .assignment(of: groups.groups)
    return keys.map { assignment[$0] == 1 }
  }

  private func whitening(_ isHeldOut: [Bool]) throws -> TDDFAWhitening {
    switch options.whitening {
    case .first: return .first
    case .second: return .second
    case .table(let path): return try TDDFAWhitening(path: path)
    case .computed:
      var moments = TDDFAMoments()
      for i in 0..<rows.count where !isHeldOut[i] {
        moments.add(try TDDFARow(bytes: rows[i]).numbers)
      }
      for i in 0..<rows.count where !isHeldOut[i] {
        moments.addSquares(try TDDFARow(bytes: rows[i]).numbers)
      }
      return try moments.whitening()
    }
  }

  /// Writes means and deviations as 3DDFA's losses read them, and as an array that `--whitening-table` reads.
  private func write(_ whitening: TDDFAWhitening) throws {
    let count = TDDFAParameters.count
    try folder.write(
      NPY.file(type: "<f4", shape: [2, count], data: whitening.bytes), to: "param_whitening.npy")
    let pickle = try PickleWriter(folder.file("param_whitening.pkl"))
    try pickle.dictionary {
      try pickle.text("param_mean")
      try pickle.array(type: "<f4", shape: [count], data: whitening.mean.littleEndianBytes)
      try pickle.text("param_std")
      try pickle.array(type: "<f4", shape: [count], data: whitening.deviation.littleEndianBytes)
    }
    try pickle.finish()
  }

  /// Writes one part's list and its parameters, which are in the list's order.
  private func write(_ whitening: TDDFAWhitening, _ isHeldOut: [Bool], part: Bool) throws {
    let members = isHeldOut.indices.filter { isHeldOut[$0] == part }
    let list = try folder.file(layout.list(isHeldOut: part))
    let name = layout.parameters(isHeldOut: part)
    let shape = [members.count, layout.columns]
    let array = try folder.file(name + ".npy")
    try array.write(NPY.header(type: "<f4", shape: shape))
    let padding = [UInt8](repeating: 0, count: 4 * (layout.columns - TDDFAParameters.count))
    let pickle = try PickleWriter(folder.file(name + ".pkl"))
    try pickle.array(type: "<f4", shape: shape, byteCount: 4 * shape[0] * shape[1]) { write in
      for i in members {
        let row = try TDDFARow(bytes: rows[i])
        let bytes = whitening.whitened(row.numbers).littleEndianBytes + padding
        try array.write(bytes)
        try write(bytes)
        try list.write((row.name + "\n").utf8)
      }
    }
    try pickle.finish()
    try array.finish()
    try list.finish()
  }

  /// Writes which crop shows what: `crops.jsonl`.
  private func writeTable(_ isHeldOut: [Bool]) throws {
    let table = try folder.file("crops.jsonl")
    var line = JSONWriter()
    for i in 0..<rows.count {
      let row = try TDDFARow(bytes: rows[i])
      line.removeAll()
      line.object {
        $0.key("image")
        $0.value(row.name)
        $0.key("list")
        $0.value(isHeldOut[i] ? "val" : "train")
        $0.key("source")
        $0.value(row.path)
        $0.key("affine")
        row.map.write(to: &$0)
      }
      line.endLine()
      try table.write(line.bytes)
    }
    try table.finish()
  }
}

extension PlanarMap {
  /// Writes the 2 x 3 matrix, row by row.
  func write(to writer: inout JSONWriter) {
    writer.array {
      for (row, last) in [(xRow, translation.x), (yRow, translation.y)] {
        $0.array { for number in [row.x, row.y, last] { $0.value(number) } }
      }
    }
  }
}
