import Foundation
import Testing

@testable import Codecs

private func fault(_ bytes: [UInt8]) -> TextFault? {
  bytes.withUnsafeBytes { TextForm.fault(of: $0) }
}

private let sample = "# 0--Parade/a.jpg\n299 -4 121 162\n"

@Suite("Encodings of text")
struct TextFormTests {
  @Test("UTF-8 with either usual line end is plain, a byte order mark before it too")
  func plain() {
    for text in [sample, sample.replacingOccurrences(of: "\n", with: "\r\n"), "", "\r", "a.jpg"] {
      #expect(fault(Array(text.utf8)) == nil)
      #expect(fault([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == nil)
    }
    #expect(fault(Array("a\rb\nc\n".utf8)) == nil)
  }

  @Test(
    "UTF-16 and UTF-32 are named with the way out, with and without a mark",
    arguments: [
      (String.Encoding.utf16LittleEndian, [], "UTF-16"), (.utf16BigEndian, [], "UTF-16"),
      (.utf16LittleEndian, [0xFF, 0xFE], "UTF-16"), (.utf16BigEndian, [0xFE, 0xFF], "UTF-16"),
      (.utf32LittleEndian, [], "UTF-32"), (.utf32BigEndian, [], "UTF-32"),
      (.utf32LittleEndian, [0xFF, 0xFE, 0, 0], "UTF-32"),
    ] as [(String.Encoding, [UInt8], String)])
  func wide(encoding: String.Encoding, mark: [UInt8], name: String) throws {
    let found = try #require(fault(mark + Array(sample.data(using: encoding) ?? Data())))
    #expect(found.detail.contains("found \(name) text; convert it: iconv -f \(name)"))
  }

  @Test("line ends of CR alone are named", arguments: ["", "\r", "\n", "\r\n"])
  func oldLineEnds(end: String) throws {
    let found = try #require(fault(Array("# a.jpg\r1 2 3 4\(end)".utf8)))
    #expect(found.detail.contains("found lines that end with CR alone"))
    #expect(found.detail.contains("tr "))
  }

  @Test("packed data and other files say what they are")
  func others() {
    #expect(
      fault([0x1F, 0x8B, 8, 0])?.detail.contains("found gzip data; unpack it: gunzip") == true)
    let lmdb = [UInt8](repeating: 0, count: 16) + [0xDE, 0xC0, 0xEF, 0xBE, 1, 0, 0, 0]
    #expect(fault(lmdb)?.found == "an LMDB")
    #expect(fault([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])?.found == "an HDF5 file")
    let npz = NPZWriterSample.bytes
    #expect(fault(npz)?.found == "NumPy arrays (.npz)")
  }

  @Test("MATLAB 4 is told from text and from nothing")
  func version4() {
    let header: [UInt32] = [0, 1, 2, 0, 2]
    let bytes =
      header.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
      + [UInt8(ascii: "x"), 0] + [UInt8](repeating: 7, count: 16)
    #expect(fault(bytes)?.found.hasPrefix("MATLAB 4") == true)
    #expect(
      throws: MATError.self,
      performing: { try bytes.withUnsafeBytes { try MATArrays($0, path: "a.mat") } })
    #expect(fault([UInt8](repeating: 0, count: 200)) == nil)
  }
}

/// The head of what `numpy.savez` writes.
private enum NPZWriterSample {
  static let bytes: [UInt8] =
    [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [7, 0, 0, 0] + Array("R_t.npy".utf8)
}

@Suite("Endings and names of files")
struct FileEndingTests {
  @Test("endings count in capitals too")
  func endings() {
    for name in ["a.jpg", "b/c.JPG", "d.Jpeg", "e.PNG"] { #expect(name.hasImageEnding) }
    for name in ["a.mat", "jpg", "a.jpgx", ""] { #expect(!name.hasImageEnding) }
    #expect("x_pts.MAT".hasEnding("_pts.mat"))
  }

  @Test("names of zips that are not UTF-8 are of code page 437")
  func codePage437() {
    #expect(ZipName.text([0x81, UInt8(ascii: "b"), 0xE1, 0x82]) == "übßé")
    #expect(ZipName.text(Array("grün".utf8)) == "grün")
  }

  @Test("what systems leave in folders is no file")
  func litter() {
    for path in ["__MACOSX/a/b.jpg", "a/._b.jpg", "a/.DS_Store", "Thumbs.db", "x/desktop.ini"] {
      #expect(SystemLitter.isLitter(path))
    }
    for path in ["a/b.jpg", "a/_b.jpg", "a/.b.jpg", "thumbs.dbx"] {
      #expect(!SystemLitter.isLitter(path))
    }
  }
}
