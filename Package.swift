// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift target shares: STYLE's language mode and the import discipline that keeps the layers strict.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// One row of the module table in ARCHITECTURE.md. A layer imports lower layers only.
struct Module {
  enum Kind { case library, program, benchmark, benchmarkSupport, tests, testSupport }
  var name: String
  var kind: Kind = .library
  var uses: [Target.Dependency] = []
  /// Files in its folder that are not Swift's.
  var excludes: [String] = []
  /// Files in its folder that become part of the program, as arrays of bytes of `PackageResources`.
  var embeds: [String] = []

  var target: Target {
    switch kind {
    case .library:
      .target(
        name: name, dependencies: uses, resources: embeds.map { .embedInCode($0) },
        swiftSettings: settings)
    case .program:
      .executableTarget(name: name, dependencies: uses, swiftSettings: settings)
    case .benchmark:
      .executableTarget(
        name: name, dependencies: uses, path: "Benchmarks/\(name)", exclude: excludes,
        swiftSettings: settings)
    case .tests:
      .testTarget(name: name, dependencies: uses, exclude: excludes, swiftSettings: settings)
    case .benchmarkSupport:
      .target(name: name, path: "Benchmarks/\(name)", swiftSettings: settings)
    case .testSupport:
      .target(name: name, dependencies: uses, path: "Tests/\(name)", swiftSettings: settings)
    }
  }
}

/// A C library of the system: a module map and a header, no logic.
func systemLibrary(_ name: String, pkgConfig: String, package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig,
    providers: [.apt([package])])
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let systemLibraries = [
  systemLibrary("CLMDB", pkgConfig: "lmdb", package: "liblmdb-dev"),
  systemLibrary("CTurboJPEG", pkgConfig: "libturbojpeg", package: "libturbojpeg0-dev"),
  systemLibrary("CPNG", pkgConfig: "libpng", package: "libpng-dev"),
  systemLibrary("CWebP", pkgConfig: "libwebp", package: "libwebp-dev"),
  systemLibrary("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
  systemLibrary("CDeflate", pkgConfig: "libdeflate", package: "libdeflate-dev"),
  systemLibrary("CArchive", pkgConfig: "libarchive", package: "libarchive-dev"),
  systemLibrary("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
  systemLibrary("CMessagePack", pkgConfig: "msgpack", package: "libmsgpack-dev"),
  systemLibrary("CXXHash", pkgConfig: "libxxhash", package: "libxxhash-dev"),
  systemLibrary("CLAPACKE", pkgConfig: "lapacke", package: "liblapacke-dev"),
  // Calls of the C library itself that Swift's Glibc module leaves out.
  .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),
  // A header of our own.
  .systemLibrary(name: "CByteMasks", path: "Sources/CLibraries/CByteMasks"),
]

/// Opens its library while the program runs, so there is nothing of it to find here.
let openVINO = Target.target(name: "COpenVINO", path: "Sources/CLibraries/COpenVINO")

/// The handler of a signal, which is not to be written in Swift.
let mapGuard = Target.target(name: "CMapGuard", path: "Sources/CLibraries/CMapGuard")

/// The parts of a JPEG that are asked for: in C, as libjpeg's errors leave by longjmp. TurboJPEG decodes whole images alone.
let jpegPart = Target.target(
  name: "CJPEGPart", path: "Sources/CLibraries/CJPEGPart",
  linkerSettings: [.linkedLibrary("jpeg")])

/// Pixels of PNG files as they are stored; in C, for libpng's errors leave by longjmp.
let pngPixels = Target.target(
  name: "CPNGPixels", path: "Sources/CLibraries/CPNGPixels",
  linkerSettings: [.linkedLibrary("png")])

/// The commit that a program was built from, where Scripts/package names it; a target of its own, so that nothing
/// else is compiled again with each commit.
let commit = Target.target(
  name: "CCommit", path: "Sources/CLibraries/CCommit",
  cSettings: Context.environment["SIXDOF_COMMIT"].map {
    [.define("SIXDOF_COMMIT", to: "\"\($0)\"")]
  })

let modules = [
  // Layer 1
  Module(name: "Geometry", uses: ["CLAPACKE"]),
  Module(
    name: "Codecs",
    uses: [
      "CLMDB", "CTurboJPEG", "CPNG", "CWebP", "CZlib", "CDeflate", "CArchive", "CSQLite",
      "CMessagePack", "CXXHash", "CLinux", "CMapGuard", "CJPEGPart", "CPNGPixels",
      systemPackage, crypto,
    ]),
  Module(name: "Pipeline"),
  // Layer 2
  Module(name: "Schema", uses: ["CByteMasks", "Geometry", "Codecs"]),
  Module(name: "Rendering", uses: ["Geometry", "Codecs"]),
  // Layer 3
  Module(name: "Shards", uses: ["Geometry", "Codecs", "Pipeline", "Schema"]),
  // Layer 4
  Module(
    name: "Datasets",
    uses: [
      "CByteMasks", "Geometry", "Codecs", "Pipeline", "Schema", "Rendering", "Shards",
    ]),
  Module(name: "Labelling", uses: ["Geometry", "Codecs", "Schema", "Rendering"]),
  Module(name: "Validation", uses: ["Geometry", "Schema"]),
  Module(
    name: "Inference", uses: ["COpenVINO", "Geometry", "Codecs", "Schema", systemPackage]),
  Module(name: "Evaluation", uses: ["Geometry", "Schema"]),
  Module(name: "Checks", uses: ["Geometry", "Codecs", "Pipeline", "Schema", "Shards"]),
  Module(
    name: "Reporting", uses: ["Geometry", "Codecs", "Schema", "Rendering"],
    embeds: ["HTML/Page"]),
  // Layer 5
  Module(
    name: "Runs",
    uses: [
      "Geometry", "Codecs", "Pipeline", "Schema", "Rendering", "Datasets", "Labelling", "Shards",
      "Inference", "Validation", "Evaluation", "Checks", "Reporting", "CCommit",
    ]),
  // Layer 6
  Module(
    name: "sixdof", kind: .program,
    uses: [
      "Geometry", "Codecs", "Pipeline", "Schema", "Datasets", "Labelling", "Shards", "Inference",
      "Validation", "Evaluation", "Checks", "Reporting", "Runs", argumentParser,
    ]),
  // Tests and benchmarks
  Module(
    name: "TestSupport", kind: .testSupport, uses: ["Geometry", "Codecs", "Schema", "Datasets"]),
  Module(name: "GeometryTests", kind: .tests, uses: ["Geometry", "TestSupport"]),
  // LMDB's own library is what our reader is held against.
  Module(name: "CodecsTests", kind: .tests, uses: ["Codecs", "TestSupport", "CLMDB"]),
  Module(name: "PipelineTests", kind: .tests, uses: ["Pipeline"]),
  Module(name: "SchemaTests", kind: .tests, uses: ["Schema", "Geometry", "Codecs", "TestSupport"]),
  Module(
    name: "DatasetsTests", kind: .tests,
    uses: [
      "Datasets", "Rendering", "Labelling", "Schema", "Geometry", "Codecs", "TestSupport",
      "CSQLite",
    ]),
  Module(
    name: "RenderingTests", kind: .tests,
    uses: ["Rendering", "Geometry", "Codecs", "Labelling", "Schema", "TestSupport"]),
  Module(
    name: "LabellingTests", kind: .tests,
    uses: ["Labelling", "Schema", "Geometry", "Codecs", "TestSupport"]),
  Module(
    name: "ShardsTests", kind: .tests,
    uses: ["Shards", "Labelling", "Schema", "Geometry", "Codecs", "TestSupport"]),
  Module(
    name: "InferenceTests", kind: .tests,
    uses: ["Inference", "Schema", "Geometry", "Codecs", "TestSupport"]),
  Module(
    name: "ValidationTests", kind: .tests,
    uses: ["Validation", "Schema", "Geometry", "TestSupport"]),
  Module(
    name: "ReportingTests", kind: .tests,
    uses: [
      "Reporting", "Rendering", "Labelling", "Schema", "Geometry", "Codecs", "TestSupport",
    ]),
  Module(
    name: "ChecksTests", kind: .tests,
    uses: ["Checks", "Shards", "Labelling", "Schema", "Geometry", "Codecs", "TestSupport"],
    excludes: ["Snapshots"]),
  Module(
    name: "EvaluationTests", kind: .tests,
    uses: ["Evaluation", "Schema", "Geometry", "TestSupport"]),
  Module(
    name: "RunsTests", kind: .tests,
    uses: [
      "Runs", "Datasets", "Shards", "Schema", "Codecs", "Geometry", "Pipeline", "TestSupport",
    ]),
  Module(
    name: "SixdofTests", kind: .tests,
    uses: [
      "sixdof", "Runs", "Geometry", "Codecs", "Schema", "Shards", "Datasets", "Labelling",
      "Inference", "Checks", "Reporting", "TestSupport",
      argumentParser,
    ]),
  Module(name: "Timing", kind: .benchmarkSupport),
  Module(
    name: "AnnotationReading", kind: .benchmark,
    uses: ["Datasets", "Schema", "Codecs", "Timing"]),
  Module(name: "FormReading", kind: .benchmark, uses: ["Datasets", "Schema", "Timing"]),
  Module(name: "RecordReading", kind: .benchmark, uses: ["Schema", "Codecs", "Timing"]),
  Module(
    name: "PnP", kind: .benchmark, uses: ["Geometry", "Codecs", "Labelling", "Timing"],
    excludes: ["cases.py", "compare.py", "opencv.py", "optimum.py", "ours.py"]),
  Module(
    name: "ARKitFaceReading", kind: .benchmark, uses: ["Datasets", "Schema", "Codecs", "Timing"]),
  Module(
    name: "InferenceSpeed", kind: .benchmark, uses: ["Inference", "Schema", "Codecs", "Timing"],
    excludes: ["mtcnn.py", "varied.py"]),
  Module(
    name: "ImageHashing", kind: .benchmark, uses: ["Checks", "Schema", "Codecs", "Timing"]),
  Module(
    name: "MATReading", kind: .benchmark, uses: ["Datasets", "Schema", "Codecs", "Timing"]),
  Module(
    name: "Fuzz", kind: .benchmark,
    uses: [
      "Geometry", "Codecs", "Schema", "Datasets", "Shards", "Checks", "Inference", argumentParser,
    ]),
  Module(
    name: "Raster", kind: .benchmark,
    uses: ["Rendering", "Labelling", "Geometry", "Codecs", "Timing"]),
]

/// The modules that other packages may build upon. Products carry the package's name, modules do not: a client that has
/// a `Geometry` of its own renames ours by `moduleAliases: ["Geometry": "SixDoFGeometry"]`.
let published = ["Geometry", "Schema", "Datasets", "Shards", "Runs"].map {
  Product.library(name: "SixDoF\($0)", targets: [$0])
}

let package = Package(
  name: "SixDoF",
  products: [.executable(name: "sixdof", targets: ["sixdof"])] + published,
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // Only for Scripts/docs; nothing links it.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: systemLibraries + [openVINO, mapGuard, jpegPart, pngPixels, commit]
    + modules.map(\.target)
)
