import ArgumentParser
import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("Contact sheets")
struct SheetTests {
  private func size(_ folder: String, _ name: String) throws -> SIMD2<Int> {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    let image = try data.withUnsafeBytes { try PixelImage(decoding: $0) }
    return SIMD2(image.width, image.height)
  }

  @Test("sheet draws faces of an LMDB on pages, the same whatever --jobs is")
  func pages() throws {
    try SyntheticSet.with(count: 4) { set in
      #expect(try set.build("train").status == 0)
      let run = { (name: String, jobs: String) in
        try Program.run(
          [
            "sheet", "train.lmdb", "--output", name, "--columns", "2", "--rows", "1", "--size",
            "48",
            "--count", "3", "--draw", "box,landmarks,axes,mesh", "--jobs", jobs,
          ], in: set.folder)
      }
      let first = try run("a.png", "1")
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.errors.contains("wrote     a-1.png to -2.png: 3 of "))
      #expect(try run("b.png", "4").status == 0)
      for page in ["-1.png", "-2.png"] {
        #expect(try set.bytes("a\(page)") == set.bytes("b\(page)"))
      }
      #expect(try size(set.folder, "a-1.png").x == 8 + 2 * 56)
      #expect(try size(set.folder, "a-2.png").x == 8 + 56)
      #expect(!FileManager.default.fileExists(atPath: set.folder + "/a.partial"))
    }
  }

  @Test("a missing image has a tile that says so, and the run ends with findings")
  func missingImage() throws {
    try SyntheticSet.with(count: 2) { set in
      #expect(try set.build("train", ["--records"]).status == 0)
      try FileManager.default.createDirectory(
        atPath: set.folder + "/none", withIntermediateDirectories: true)
      let outcome = try Program.run(
        ["sheet", "train.jsonl", "--images", "none", "--output", "s.jpg", "--images-whole"],
        in: set.folder)
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(outcome.errors.contains("expected a file among the images, found none"))
      #expect(try set.bytes("s.jpg").starts(with: [0xFF, 0xD8]))
    }
  }

  @Test(
    "arguments that cannot be meant are refused",
    arguments: [
      (["--output", "s.gif"], "'--output' must end in .png, .jpg or .jpeg, not 's.gif'."),
      (
        ["--output", "s.png", "--count", "3", "--worst", "3"],
        "'--count' and '--worst' both say how many tiles; give one."
      ),
      (["--output", "s.png", "--size", "9"], "'--size' must be from 16 to 4096, not 9."),
      (["--output", "s.png", "--size", "4000"], "pixels is larger than"),
      (["--output", "s.png", "--images", "i"], "an .lmdb has its images in it."),
    ])
  func refusals(arguments: [String], words: String) {
    do {
      _ = try Sixdof.parseAsRoot(["sheet", "a.lmdb"] + arguments)
      Issue.record("accepted")
    } catch {
      #expect(Sixdof.message(for: error).contains(words))
    }
  }

  private func record(_ boxes: [Double]) -> ImageRecord {
    ImageRecord(
      source: RecordSource(dataset: "t"), image: ImageReference(path: "a.jpg"),
      faces: boxes.map { Face(box: BoundingBox(x: 0, y: 0, width: $0, height: 1)) })
  }

  @Test("the worst are the greatest, the sample is its seed's, and neither grows with the input")
  func selection() {
    func chosen(worst: Bool, seed: UInt64, most: Int, order: SheetSelection.Order) -> [Double?] {
      var selection = SheetSelection(
        order: order, most: most, takesWorst: worst, seed: seed, imagesWhole: false)
      for i in 0..<5000 { selection.add(record([Double((i * 7919) % 5000)]), at: .sample(i)) }
      #expect(selection.seen == 5000)
      return selection.choices.map(\.value)
    }
    #expect(
      chosen(worst: true, seed: 1, most: 4, order: .size) == [4999, 4998, 4997, 4996])
    let sample = chosen(worst: false, seed: 1, most: 50, order: .size)
    #expect(sample.count == 50)
    #expect(sample == chosen(worst: false, seed: 1, most: 50, order: .size))
    #expect(sample != chosen(worst: false, seed: 2, most: 50, order: .size))
    #expect(sample.compactMap(\.self) == sample.compactMap(\.self).sorted(by: >))
    // Spread over the whole input, as a sample should be.
    let mean = sample.compactMap(\.self).reduce(0, +) / 50
    #expect((1700...3300).contains(mean))
  }
}

@Suite("Inspecting sources")
struct SourceInspectionTests {
  @Test("inspect names a synthetic set's layout and completeness, and finds nothing wrong")
  func clean() throws {
    try withTemporaryDirectory { folder in
      for (dataset, name) in [
        ("300w-lp", "300W-LP"), ("aflw2000", "AFLW2000-3D"), ("biwi", "BIWI"),
        ("wider-face", "WIDER FACE"), ("arkitface", "ARKitFace"),
      ] {
        let made = try Program.run(
          ["synth", dataset, "--count", "8", "--size", "96x96", "--output", dataset], in: folder)
        #expect(made.status == 0, "\(made.errors)")
        let found = try Program.run(["inspect", dataset], in: folder)
        #expect(found.status == 0, "\(dataset): \(found.output)")
        #expect(found.output.hasPrefix("\(dataset): \(name)"))
        #expect(found.output.contains(" of "))
      }
    }
  }

  @Test("inspect says by what a form is recognised, how much there is, and what reads it")
  func forms() throws {
    try withTemporaryDirectory { folder in
      try write("a.jpg 1 30 2 40 10 11 20 11 15 20 11 30 19 30\n", to: folder + "/set/list.txt")
      let why = "a list of images, each with a box of left, right, top and bottom, and five points"
      for (path, input) in [("set/list.txt", "--annotations"), ("set", "--input")] {
        let found = try Program.run(["inspect", path], in: folder)
        #expect(found.status == 0, "\(found.errors)")
        #expect(
          found.output == """
            \(path): MTCNN list, 1 image, 1 face
            recognised MTCNN list: it is \(why)
            command   sixdof convert mtcnn \(input) \(path) --output NAME.jsonl
            read      1 image, 1 face: 1 with landmarks, 0 with a pose
            issues    0 errors, 0 warnings

            """)
      }
      let file = ["inspect", "set/list.txt", "--index"]
      let record = try Program.run(file + ["0"], in: folder)
      #expect(record.output.contains(#""path": "a.jpg""#), "\(record.errors)")
      let beyond = try Program.run(file + ["1"], in: folder)
      #expect(
        beyond.status == 65 && beyond.errors.contains("expected an index from 0 to 0, found 1"))
    }
  }

  @Test(
    "an export is named, and one of a tool's form is read as such though its folders are a dataset's",
    arguments: [("labelme", "LabelMe JSON"), ("pts", ".pts points"), ("webdataset", nil)])
  func exports(form: String, title: String?) throws {
    try withTemporaryDirectory { folder in
      for command in [
        ["synth", "300w-lp", "--count", "2", "--size", "200x200", "--output", "set"],
        [
          "convert", "300w-lp", "--input", "set/300W_LP", "--images", "set/300W_LP", "--output",
          "a.jsonl",
        ],
        [
          "export", "a.jsonl", "--format", form, "--images", "set/300W_LP", "--output", "out",
          "--allow-lossy",
        ],
      ] {
        let run = try Program.run(command + ["--progress", "none"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
      }
      let found = try Program.run(["inspect", "out"], in: folder)
      #expect(
        found.status == 0 && found.output.contains("by 'sixdof export --format \(form)', 2 faces"))
      guard let title else { return }
      #expect(found.output.hasPrefix("out: \(title)"), "\(found.output)")
      let read = try Program.run(
        ["convert", "auto", "--input", "out", "--output", "b.jsonl", "--progress", "none"],
        in: folder)
      #expect(read.status == 0 && read.errors.contains("read      2 images, 2 faces"))
    }
  }

  @Test("convert says what is wrong before it starts, and refuses half an archive with what to do")
  func warnings() throws {
    try withTemporaryDirectory { folder in
      let made = try Program.run(
        ["synth", "300w-lp", "--count", "4", "--size", "96x96", "--output", "set"], in: folder)
      #expect(made.status == 0)
      try FileManager.default.removeItem(atPath: folder + "/set/300W_LP/landmarks")
      let run = try Program.run(
        ["convert", "300w-lp", "--input", "set", "--output", "a.jsonl"], in: folder)
      #expect(run.errors.hasPrefix("source    landmarks/: expected a _pts.mat an image"))
      #expect(run.errors.contains("issues    0 errors, 0 warnings\n"), "\(run.errors)")
      try write("PK\u{3}\u{4} cut short", to: folder + "/b.zip")
      let cut = try Program.run(
        ["convert", "300w-lp", "--input", "b.zip", "--output", "b.jsonl"], in: folder)
      #expect(cut.status == 65)
      #expect(cut.errors.contains("the download broke off"))
      #expect(try Program.run(["inspect", "b.zip"], in: folder).status == 2)
    }
  }
}
