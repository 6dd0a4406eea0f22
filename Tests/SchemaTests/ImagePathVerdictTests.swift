import Schema
import Testing

@Suite("Image paths")
struct ImagePathVerdictTests {
  @Test(
    "relative paths are plain, dots and backslashes included",
    arguments: [
      "a.jpg", "0--Parade/0_Parade_1.jpg", "a/./b.jpg", "a..b.jpg", "..a/b..", "a/...", "é/😀.png",
      #"a\b.jpg"#, ".hidden", "a//b",
    ])
  func plain(path: String) { #expect(ImagePathVerdict(path) == .plain) }

  @Test("a space is noticed", arguments: ["a b.jpg", " a", "a "])
  func withSpace(path: String) { #expect(ImagePathVerdict(path) == .withSpace) }

  @Test(
    "paths that leave their folder are refused",
    arguments: ["..", "../a.jpg", "a/../b.jpg", "a/..", "a//..", "a b/../c", "../\u{301}a.jpg"])
  func parent(path: String) {
    #expect(
      ImagePathVerdict(path)
        == .refused("image path: expected a path without '..', found '\(path)'"))
  }

  @Test("absolute, empty and zero-byte paths are refused")
  func others() {
    #expect(
      ImagePathVerdict("/etc/passwd")
        == .refused("image path: expected a relative path, found '/etc/passwd'"))
    #expect(
      ImagePathVerdict("/") == .refused("image path: expected a relative path, found '/'"))
    #expect(ImagePathVerdict("") == .refused("image path: expected a path, found an empty one"))
    #expect(
      ImagePathVerdict("a\0b") == .refused("image path: expected text, found a zero byte"))
  }
}
