internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("LMDB files that change while they are read")
struct LMDBChangeTests {
  /// Changes a file in the middle of a walk and after some values were looked up.
  private func errors(_ change: (String, Int) throws -> Void) throws -> [String] {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/x.lmdb"
      return try [true, false].map { walks in
        let entries = entries(60, ascending: true)
        try writeLMDB(entries, to: path, append: true)
        let size = try [UInt8](file: path).count
        let reader = try LMDBReader(path: path)
        var count = 0
        do {
          if walks {
            try reader.forEach { _, _ in
              count += 1
              if count == 20 { try change(path, size) }
              return true
            }
          } else {
            for entry in entries {
              count += 1
              if count == 20 { try change(path, size) }
              _ = try reader.withValue(of: entry.key) { $0.count }
            }
            try reader.checkUnchanged()
          }
        } catch let error as ChangedFile {
          return error.description.replacingOccurrences(of: folder + "/", with: "")
        }
        return "no error after \(count)"
      }
    }
  }

  @Test("one that is cut is an error", arguments: [0, 4096, 30_000])
  func cut(rest: Int) throws {
    for error in try errors({ path, _ in truncate(path, off_t(rest)) }) {
      #expect(error.hasPrefix("x.lmdb: changed while it was read: expected "), "\(error)")
      #expect(error.contains("bytes, found \(rest); "), "\(error)")
    }
  }

  @Test("one that is written over is an error", arguments: [0, 0xFF, 0x41])
  func overwritten(byte: UInt8) throws {
    let errors = try errors { path, size in
      // A file system's clock ticks a few milliseconds.
      usleep(20_000)
      let descriptor = open(path, O_WRONLY)
      let bytes = [UInt8](repeating: byte, count: size)
      #expect(pwrite(descriptor, bytes, size, 0) == size)
      close(descriptor)
    }
    for error in errors {
      #expect(
        error
          == "x.lmdb: changed while it was read: expected the modification time that it had, found a later one; read it when nothing writes it"
      )
    }
  }

  @Test("one that grows, or is touched, is one too")
  func grown() throws {
    let grown = try errors { path, size in truncate(path, off_t(size + 4096)) }
    let touched = try errors { path, _ in
      usleep(20_000)
      utimes(path, nil)
    }
    for error in grown + touched { #expect(error.contains("changed while it was read")) }
  }

  @Test("one that another file replaces is read as it was")
  func replaced() throws {
    let errors = try errors { path, _ in
      try write("nothing", to: path + ".new")
      rename(path + ".new", path)
    }
    #expect(errors == ["no error after 60", "no error after 60"])
  }
}
