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
    targets: [
        // No dependencies outside the toolchain: these build in seconds.
        .target(name: "NetworkAddress", swiftSettings: hot),
        .target(name: "Corefile", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .target(name: "ClusterModel", dependencies: ["NetworkAddress"], swiftSettings: strict),

        .testTarget(name: "NetworkAddressTests", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .testTarget(name: "CorefileTests", dependencies: ["Corefile", "NetworkAddress"], swiftSettings: strict),
        .testTarget(name: "ClusterModelTests", dependencies: ["ClusterModel", "NetworkAddress"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
