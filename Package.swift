// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// The targets a query passes through: calls between them are worth inlining.
let hot = strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let package = Package(
    name: "clusterdns",
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // No dependencies outside the toolchain: these build in seconds.
        .target(name: "NetworkAddress", swiftSettings: hot),
        .target(name: "DNSWire", swiftSettings: hot),
        .target(name: "Corefile", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .target(name: "ClusterModel", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .target(name: "DNSZone", dependencies: ["DNSWire"], swiftSettings: hot),
        .target(
            name: "ClusterZone", dependencies: ["DNSZone", "DNSWire", "ClusterModel", "NetworkAddress"],
            swiftSettings: hot),
        .target(
            name: "Answering",
            dependencies: ["DNSWire", "DNSZone", "ClusterZone", "ClusterModel", "Corefile", "NetworkAddress"],
            swiftSettings: hot),
        .target(
            name: "ClusterFeed",
            dependencies: [
                "ClusterModel", "NetworkAddress", .product(name: "Yams", package: "Yams"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        .testTarget(name: "NetworkAddressTests", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .testTarget(name: "CorefileTests", dependencies: ["Corefile", "NetworkAddress"], swiftSettings: strict),
        .testTarget(name: "ClusterModelTests", dependencies: ["ClusterModel", "NetworkAddress"], swiftSettings: strict),
        .testTarget(
            name: "ClusterFeedTests", dependencies: ["ClusterFeed", "ClusterModel", "NetworkAddress"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
