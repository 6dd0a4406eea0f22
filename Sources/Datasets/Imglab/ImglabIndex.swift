internal import Codecs
internal import Schema

/// Where the images of an imglab file are, and which names it gives to parts.
struct ImglabIndex {
  /// Where each `image` begins in the file, in the file's order.
  private(set) var images: [Int] = []
  /// Why parts of the file could not be read, of the first few; each takes its image with it.
  private(set) var faults: [XMLError] = []
  /// How many faults there are in all.
  private(set) var faultCount = 0
  /// The names of all parts, each once.
  private(set) var partNames: [String] = []
  /// Whether some boxes are labelled as faces, so that boxes of other labels are not of faces.
  private(set) var hasFaceLabel = false
  /// Whether there are copies that are named as mirrored ones.
  private(set) var hasMirrorCopies = false
  /// Whether five numbered parts are those of dlib's model of 5 points: the corners of both eyes and the nose's base.
  var hasEyeCorners: Bool { eyeCornerVotes > 0 }

  private var eyeCornerVotes = 0
  private var knownNames: Set<UInt64> = []
  private static let mostNames = 4096
  private static let mostFaults = 16

  /// Reads the whole file. Names are written without escaping them, so a quotation mark in one spoils its tag; the walk
  /// then goes on at the next image.
  init(_ bytes: UnsafeRawBufferPointer) {
    var cursor = XMLCursor(bytes)
    while true {
      do throws(XMLError) {
        try read(&cursor)
        return
      } catch {
        faultCount += 1
        if faults.count < Self.mostFaults { faults.append(error) }
        // A fault before the images is of the whole file, such as a document type.
        hasBegun = hasBegun || cursor.depth >= 2
        guard hasBegun,
          let next = Self.nextImage(in: bytes, from: max(cursor.position, lastImage + 1))
        else { return }
        cursor = XMLCursor(bytes, at: next)
      }
    }
  }

  private var hasBegun = false
  private var lastImage = 0

  /// Walks from image to image, to the end of the root or, after a fault, from one image to the next.
  private mutating func read(_ cursor: inout XMLCursor) throws(XMLError) {
    while true {
      while let step = try cursor.next() {
        guard step == .start, cursor.isNamed("image") else { continue }
        (hasBegun, lastImage) = (true, cursor.name.lowerBound - 1)
        if let name = cursor["file"] { hasMirrorCopies = hasMirrorCopies || Self.isMirror(name) }
        try readImage(&cursor)
        images.append(lastImage)
      }
      // A cursor that began at an image ends with it.
      guard cursor.depth == 0, cursor.isNamed("image"),
        let next = Self.nextImage(in: cursor.bytes, from: cursor.position)
      else { return }
      cursor = XMLCursor(cursor.bytes, at: next)
    }
  }

  private mutating func readImage(_ cursor: inout XMLCursor) throws(XMLError) {
    let depth = cursor.depth
    var (isLabel, parts) = (false, [SIMD2<Double>]())
    while let step = try cursor.next(), cursor.depth >= depth {
      switch step {
      case .start where cursor.isNamed("part"):
        if let name = cursor["name"] { enter(name) }
        if parts.count <= 5 { parts.append(ImglabBox.position(cursor) ?? SIMD2(.nan, .nan)) }
      case .start: isLabel = cursor.isNamed("label")
      case .text where isLabel && !hasFaceLabel:
        hasFaceLabel = XMLCursor.text(cursor.content)?.namesFaces ?? false
      case .end:
        isLabel = false
        guard cursor.isNamed("box") else { continue }
        if parts.count == 5 { vote(parts) }
        parts.removeAll(keepingCapacity: true)
      default: continue
      }
    }
  }

  private mutating func enter(_ name: UnsafeRawBufferPointer) {
    guard knownNames.count < Self.mostNames, knownNames.insert(fastHash(of: name)).inserted else {
      return
    }
    partNames.append(XMLCursor.text(name) ?? "")
  }

  /// The first two and the next two of dlib's points are the corners of one eye each, so the eyes' widths together are
  /// less than the distance between the outer corners; of eyes, nose and mouth the same distances are more.
  private mutating func vote(_ parts: [SIMD2<Double>]) {
    func distance(_ a: Int, _ b: Int) -> Double {
      let step = parts[a] - parts[b]
      return (step.x * step.x + step.y * step.y).squareRoot()
    }
    let (widths, apart) = (distance(0, 1) + distance(2, 3), distance(0, 2))
    if widths < apart { eyeCornerVotes += 1 } else if widths > apart { eyeCornerVotes -= 1 }
  }

  private static func isMirror(_ name: UnsafeRawBufferPointer) -> Bool {
    let stem = name.lastIndex(of: UInt8(ascii: ".")).map { name[..<$0] } ?? name[...]
    return UnsafeRawBufferPointer(rebasing: stem).hasEnding(ImglabForm.mirrorSuffix)
  }

  private static func nextImage(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var position = start
    let mark = Array("<image".utf8)
    while position < bytes.count,
      let found = bytes[position...].firstIndex(of: UInt8(ascii: "<"))
    {
      let end = found + mark.count
      if end < bytes.count, bytes[found..<end].elementsEqual(mark), bytes[end] <= 0x20 {
        return found
      }
      position = found + 1
    }
    return nil
  }
}
