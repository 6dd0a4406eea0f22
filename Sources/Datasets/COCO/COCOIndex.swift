internal import Codecs
internal import Schema

/// Where the parts of a COCO file are.
struct COCOIndex {
  /// An image or an annotation.
  struct Entry {
    /// The image's id.
    var id: Int
    /// Where its object begins in the file.
    var position: Int
  }

  /// In the file's order.
  private(set) var images: [Entry] = []
  private(set) var categories = COCOCategories()
  /// How many annotations are of images that are not listed.
  private(set) var unlisted = 0
  /// How many elements of each list have no id, or are no objects; they are left out.
  private var (nameless, loose) = (0, 0)
  /// How many images have the id of an earlier one.
  private var repeated = 0
  /// Sorted by image, then by position.
  private var annotations: [Entry] = []

  /// - Throws: `JSONError` where the text is not such JSON.
  init(_ bytes: UnsafeRawBufferPointer, _ names: PointNames) throws(JSONError) {
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      if key == "images" {
        try Self.read(&cursor, id: "id", into: &images, &nameless)
      } else if key == "annotations" {
        try Self.read(&cursor, id: "image_id", into: &annotations, &loose)
      } else if key == "categories" {
        categories.read(try cursor.value(), names)
      } else {
        try cursor.skipValue()
      }
    }
    let isSorted = zip(annotations, annotations.dropFirst()).allSatisfy { $0.id <= $1.id }
    if !isSorted { annotations.sort { ($0.id, $0.position) < ($1.id, $1.position) } }
    let known = Set(images.map(\.id))
    repeated = images.count - known.count
    unlisted = unlistedCount(known)
  }

  private func unlistedCount(_ known: Set<Int>) -> Int {
    var (count, last) = (0, (id: Int?.none, isKnown: true))
    for annotation in annotations {
      if annotation.id != last.id { last = (annotation.id, known.contains(annotation.id)) }
      if !last.isKnown { count += 1 }
    }
    return count
  }

  /// What is wrong with the lists as such.
  func issues(at place: SourceLocation) -> [RecordIssue] {
    [
      (nameless, "images: expected an 'id' of each, found \(nameless) without one"),
      (repeated, "images: expected an 'id' of their own, found \(repeated) with that of another"),
      (loose, "annotations: expected an 'image_id' of each, found \(loose) without one"),
      (unlisted, "annotations: expected images that are listed, found \(unlisted) of others"),
    ].filter { $0.0 > 0 }.map { RecordIssue(.malformedRecord, at: place, $0.1) }
  }

  /// Those of an image, in the file's order.
  func annotations(of image: Int) -> ArraySlice<Entry> {
    var (low, high) = (0, annotations.count)
    while low < high {
      let middle = (low + high) / 2
      if annotations[middle].id < image { low = middle + 1 } else { high = middle }
    }
    return annotations[low...].prefix { $0.id == image }
  }

  private static func read(
    _ cursor: inout JSONCursor, id: StaticString, into entries: inout [Entry],
    _ others: inout Int
  ) throws(JSONError) {
    try cursor.enterArray()
    while try cursor.nextElement() {
      guard cursor.kind() == .object else {
        try cursor.skipValue()
        others += 1
        continue
      }
      let position = cursor.position
      var found: Int?
      try cursor.enterObject()
      while let key = try cursor.nextKey() {
        if key == id {
          found = try self.id(&cursor)
          try cursor.leaveObject()
          break
        }
        try cursor.skipValue()
      }
      if let found { entries.append(Entry(id: found, position: position)) } else { others += 1 }
    }
  }

  /// An id is a whole number; some tools write it as text, whose hash stands for it.
  static func id(_ cursor: inout JSONCursor) throws(JSONError) -> Int? {
    guard cursor.kind() == .text else { return try cursor.integer() }
    guard var text = try cursor.text() else { return nil }
    return Int(text)
      ?? text.withUTF8 { Int(truncatingIfNeeded: fastHash(of: UnsafeRawBufferPointer($0))) }
  }
}
