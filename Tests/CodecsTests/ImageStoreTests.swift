internal import Codecs
internal import TestSupport
internal import Testing

/// A folder of images in a folder of its own, so that there is an outside.
private func withStore(
  maximumBytes: Int = 1 << 20, _ body: (_ root: String, _ store: ImageStore) throws -> Void
) throws {
  try withTemporaryDirectory { folder in
    let root = folder + "/images"
    try picture.write(to: "\(root)/a/x.jpg")
    try body(root, try ImageStore(path: root, maximumBytes: maximumBytes))
  }
}

private let picture = gradient(width: 37, height: 23).jpeg(quality: 90)

private func failure(_ store: ImageStore, _ path: String) -> ImageStore.Failure? {
  #expect(throws: ImageStore.Failure.self) { try store.open(path, with: ImageHeaderReader()) }
}

@Suite("Folders of images")
struct ImageStoreTests {
  @Test("an image gives its header, its size and its bytes")
  func opens() throws {
    try withStore { _, store in
      let image = try store.open("a/x.jpg", with: ImageHeaderReader())
      #expect([image.header.width, image.header.height] == [37, 23])
      #expect(image.header.format == .jpeg)
      #expect(image.count == picture.count)
      #expect(try image.bytes() == picture)
    }
  }

  @Test("a header that begins beyond the first 16 KiB is found, in both formats")
  func longHeader() throws {
    try withStore { root, store in
      let reader = ImageHeaderReader()
      let long = picture.inserting(segment: 0xE2, noise(60_000), times: 2)
      try long.write(to: "\(root)/long.jpg")
      #expect(try store.open("long.jpg", with: reader).header.width == 37)
      try Array(long.dropLast(2)).write(to: "\(root)/cut.jpg")
      guard case .broken(let error) = failure(store, "cut.jpg") else {
        Issue.record("a cut image is broken")
        return
      }
      #expect(error.reason == .truncated)
      // The reader's buffer serves the next file.
      #expect(try store.open("a/x.jpg", with: reader).header.height == 23)
    }
  }

  @Test("files larger than the first read are checked at their end", arguments: ["jpg", "png"])
  func largeFiles(format: String) throws {
    try withStore { root, store in
      var image = PixelImage(width: 150, height: 120)
      image.pixels = noise(150 * 120 * 3)
      let bytes = format == "jpg" ? image.jpeg(quality: 95) : image.png()
      #expect(bytes.count > ImageExaminer.headerBytes)
      try bytes.write(to: "\(root)/whole.\(format)")
      #expect(try store.open("whole.\(format)", with: ImageHeaderReader()).header.width == 150)
      try (bytes + noise(100)).write(to: "\(root)/more.\(format)")
      #expect(try store.open("more.\(format)", with: ImageHeaderReader()).header.width == 150)
      try Array(bytes.dropLast(20)).write(to: "\(root)/cut.\(format)")
      guard case .broken(let error) = failure(store, "cut.\(format)") else {
        Issue.record("a cut image is broken")
        return
      }
      #expect(error.reason == .truncated)
    }
  }

  @Test("empty files and text files are broken images")
  func noImages() throws {
    try withStore { root, store in
      try write("", to: "\(root)/empty.jpg")
      try write("hello", to: "\(root)/text.jpg")
      guard case .broken(let empty) = failure(store, "empty.jpg"),
        case .broken(let text) = failure(store, "text.jpg")
      else {
        Issue.record("both are broken")
        return
      }
      #expect(empty.reason == .empty)
      #expect(text.reason == .notAnImage)
    }
  }

  @Test("what is not there is missing, the folder or a file as folder included")
  func missing() throws {
    try withStore { root, store in
      try link("\(root)/dangling.jpg", to: "\(root)/none.jpg")
      for path in ["a/y.jpg", "a/x.jpg/z.jpg", "../images/a/x.jpg"] {
        #expect(failure(store, path) == .missing(nil), "\(path)")
      }
      #expect(failure(store, "dangling.jpg") == .brokenLink)
      #expect(throws: FileError.self) { try ImageStore(path: "\(root)/none", maximumBytes: 1) }
    }
  }

  @Test("folders and named pipes are unreadable, and a pipe does not hold up the run")
  func notRegular() throws {
    try withStore { root, store in
      try runTool("/usr/bin/mkfifo", "pipe.jpg", in: root)
      for path in ["a", "pipe.jpg"] {
        guard case .unreadable(let text) = failure(store, path) else {
          Issue.record("\(path) is unreadable")
          continue
        }
        #expect(text.contains(path == "a" ? "Is a directory" : "a pipe or device"))
      }
    }
  }

  @Test("an image of the limit is taken, one of a byte more refused with both sizes")
  func oversize() throws {
    try withStore(maximumBytes: picture.count) { root, store in
      #expect(try store.open("a/x.jpg", with: ImageHeaderReader()).count == picture.count)
      try (picture + [0]).write(to: "\(root)/a/y.jpg")
      #expect(
        failure(store, "a/y.jpg")
          == .oversized("expected at most \(picture.count) bytes, found \(picture.count + 1) bytes")
      )
    }
  }
}

@Suite("Links in folders of images")
struct ImageLinkTests {
  @Test("links to files and folders inside the tree are followed")
  func inside() throws {
    try withStore { root, store in
      try link("\(root)/file.jpg", to: "a/x.jpg")
      try link("\(root)/b", to: "\(root)/a")
      for path in ["file.jpg", "b/x.jpg"] {
        #expect(try store.open(path, with: ImageHeaderReader()).bytes() == picture)
      }
    }
  }

  @Test("links out of the folder are followed, for who named it has them there; '..' is not")
  func outside() throws {
    try withStore { root, store in
      try picture.write(to: "\(root)-blobs/x.jpg")
      try link("\(root)/file.jpg", to: "../images-blobs/x.jpg")
      try link("\(root)/twice.jpg", to: "file.jpg")
      try link("\(root)/folder", to: "\(root)-blobs")
      for path in ["file.jpg", "twice.jpg", "folder/x.jpg"] {
        #expect(try store.open(path, with: ImageHeaderReader()).bytes() == picture, "\(path)")
      }
      #expect(failure(store, "../images-blobs/x.jpg") == .missing(nil))
      #expect(failure(store, "folder/../../images-blobs/x.jpg") == .missing(nil))
    }
  }

  @Test("the root itself may be a link")
  func linkedRoot() throws {
    try withStore { root, _ in
      try link("\(root)-link", to: root)
      let store = try ImageStore(path: "\(root)-link", maximumBytes: 1 << 20)
      #expect(try store.open("a/x.jpg", with: ImageHeaderReader()).header.width == 37)
    }
  }
}
