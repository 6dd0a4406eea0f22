// swift-tools-version: 6.2
import PackageDescription

/// Packages by path are known by their folder's name, which differs from checkout to checkout.
let sixDoF = Context.packageDirectory.split(separator: "/").dropLast(2).last.map(String.init) ?? ""

let package = Package(
  name: "ExampleClient",
  dependencies: [.package(path: "../..")],
  targets: [
    .executableTarget(
      name: "ExampleClient",
      dependencies: ["Geometry", "Schema", "Shards"].map {
        .product(name: "SixDoF\($0)", package: sixDoF)
      })
  ])
