import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Codecs

/// One after the other, for the test of many files takes all places of the guard.
@Suite("Files that change while they are read", .serialized)
struct MappedFileTests {
  private func withFile(
    of count: Int, _ body: (_ path: String, _ file: MappedFile) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/file"
      try Data(repeating: 7, count: count).write(to: URL(fileURLWithPath: path))
      try body(path, try MappedFile(path: path))
    }
  }

  @Test("what was cut off is zeros, and the file's fault", arguments: [0, 1, 4096, 100_000])
  func cut(length: Int) throws {
    try withFile(of: 1 << 20) { path, file in
      #expect(file.fault == nil)
      #expect(truncate(path, length) == 0)
      let sum = file.withBytes { bytes in bytes.reduce(into: 0) { $0 += Int($1) } }
      // Whole pages are gone; the rest of the last one is zeros.
      #expect(sum == 7 * length)
      let fault = try #require(file.fault as? ChangedFile)
      #expect(fault.expectedBytes == 1 << 20)
      #expect(fault.foundBytes == length)
      #expect(fault.description.contains("file: changed while it was read: expected 1048576 bytes"))
    }
  }

  @Test("what was written over in place is its fault too")
  func overwritten() throws {
    try withFile(of: 1 << 20) { path, file in
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      try handle.write(contentsOf: Data(repeating: 9, count: 4096))
      try handle.close()
      // The clock of file times may be coarse.
      #expect(utimes(path, nil) == 0)
      #expect(file.fault is ChangedFile)
    }
  }

  @Test("a small file was read, and is what it was")
  func small() throws {
    try withFile(of: 1000) { path, file in
      #expect(truncate(path, 0) == 0)
      #expect(file.withBytes { bytes in bytes.allSatisfy { byte in byte == UInt8(7) } })
      #expect(file.count == 1000 && file.fault == nil)
    }
  }

  @Test("many files at once, more than are guarded, are all read")
  func many() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/file"
      try Data(repeating: 3, count: 70_000).write(to: URL(fileURLWithPath: path))
      // Descriptors may be fewer than that.
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let count = min(5000, Int(limit.rlim_cur) / 2)
      let files = try (0..<count).map { _ in try MappedFile(path: path) }
      for file in files {
        let last = file.withBytes { bytes in bytes.last ?? 0 }
        #expect(last == UInt8(3))
      }
    }
  }
}
