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
    products: [.executable(name: "clusterdns", targets: ["ClusterDNS"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: what Swift's Glibc hides, and system libraries.
        .target(name: "CLinux"),
        .target(name: "CMemory"),
        .systemLibrary(name: "CLDNS", pkgConfig: "ldns", providers: [.apt(["libldns-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),

        // No dependencies outside the toolchain: these build in seconds.
        .target(name: "NetworkAddress", swiftSettings: hot),
        .target(name: "DNSWire", swiftSettings: hot),
        .target(name: "Patterns", swiftSettings: strict),
        .target(name: "Corefile", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .target(name: "ClusterModel", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .target(name: "DNSZone", dependencies: ["DNSWire", "CMemory"], swiftSettings: hot),
        .target(
            name: "ClusterZone", dependencies: ["DNSZone", "DNSWire", "ClusterModel", "NetworkAddress"],
            swiftSettings: hot),
        .target(name: "TSIG", dependencies: ["DNSWire", "CCrypto"], swiftSettings: strict),
        .target(name: "Transfers", dependencies: ["TSIG", "DNSZone", "DNSWire"], swiftSettings: strict),
        .target(
            name: "Answering",
            dependencies: [
                "DNSWire", "DNSZone", "ClusterZone", "ClusterModel", "Corefile", "NetworkAddress", "Patterns", "TSIG",
                "Transfers",
            ],
            swiftSettings: hot),

        // libldns; what it read is checked by our own builder.
        .target(name: "ZoneFiles", dependencies: ["DNSZone", "DNSWire", "CLDNS"], swiftSettings: strict),

        // The Kubernetes API: what goes over the wire and when, without a socket; then the sockets and the keys.
        .target(
            name: "KubernetesProtocol",
            dependencies: [
                "ClusterModel", "NetworkAddress", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Wire/kubernetes.proto"], swiftSettings: strict),
        .target(
            name: "KubernetesClient",
            dependencies: [
                "KubernetesProtocol", "ClusterModel", "NetworkAddress",
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"), .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "ClusterFeed",
            dependencies: [
                "KubernetesClient", "KubernetesProtocol", "ClusterModel", "NetworkAddress",
                .product(name: "Yams", package: "Yams"), .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Serving",
            dependencies: [
                "Answering", "ClusterZone", "ClusterModel", "Corefile", "DNSWire", "NetworkAddress", "Patterns",
                "CLinux", "DNSZone", "TSIG", "Transfers",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: hot),
        .target(
            name: "Admin",
            dependencies: [
                "Serving", "Answering", "Corefile", "DNSWire", "NetworkAddress",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "Supervision", dependencies: ["CSystemd"], swiftSettings: strict),
        .target(name: "Confinement", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "NodeNetwork", dependencies: ["CLinux", "NetworkAddress"], swiftSettings: strict),
        .executableTarget(
            name: "ClusterDNS",
            dependencies: [
                "Answering", "Serving", "Admin", "Supervision", "Confinement", "NodeNetwork", "ClusterFeed",
                "ClusterModel", "ClusterZone", "Corefile", "KubernetesClient", "KubernetesProtocol",
                "CLinux", "DNSWire", "DNSZone", "NetworkAddress", "TSIG", "Transfers", "ZoneFiles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // What tests share: servers and registries as text, replies judged by libldns, a counting malloc.
        .target(
            name: "DNSTesting",
            dependencies: [
                "Answering", "ClusterModel", "ClusterZone", "Corefile", "DNSWire", "DNSZone", "NetworkAddress",
                "ZoneFiles",
            ],
            path: "Tests/DNSTesting", exclude: ["APIServer"], swiftSettings: strict),
        .target(name: "CMallocCounter", path: "Tests/AllocationTests/CMallocCounter"),
        .executableTarget(
            name: "AllocationProbe",
            dependencies: ["Answering", "CMallocCounter", "DNSTesting", "DNSWire", "NetworkAddress"],
            path: "Tests/AllocationTests/Probe", swiftSettings: hot),

        // A Kubernetes API server in memory, and random histories of one without any socket.
        .target(
            name: "APIServerTesting",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Yams", package: "Yams"),
            ],
            path: "Tests/DNSTesting/APIServer", swiftSettings: strict),
        .executableTarget(
            name: "SimulatedAPIServer",
            dependencies: [
                "APIServerTesting", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/SimulatedAPIServer", swiftSettings: strict),
        .target(
            name: "ClusterSimulation",
            dependencies: [
                "ClusterModel", "ClusterZone", "DNSTesting", "DNSWire", "DNSZone", "KubernetesProtocol",
                "NetworkAddress",
            ],
            path: "Tests/SimulationTests/Simulation", swiftSettings: strict),
        .target(
            name: "ResolverSimulation",
            dependencies: [
                "Answering", "Corefile", "DNSTesting", "DNSWire", "NetworkAddress", "Serving",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/SimulationTests/Resolver", swiftSettings: strict),
        .executableTarget(
            name: "SimulationProbe", dependencies: ["ClusterSimulation", "ResolverSimulation"],
            path: "Tests/SimulationTests/Probe", swiftSettings: strict),

        // A DNS server that errs on purpose, for scenarios of the resolver.
        .executableTarget(
            name: "BadUpstream",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/BadUpstream", swiftSettings: strict),

        .testTarget(name: "TidyTests", swiftSettings: strict),
        .testTarget(name: "NetworkAddressTests", dependencies: ["NetworkAddress"], swiftSettings: strict),
        .testTarget(name: "PatternsTests", dependencies: ["Patterns"], swiftSettings: strict),
        .testTarget(name: "CorefileTests", dependencies: ["Corefile", "NetworkAddress"], swiftSettings: strict),
        .testTarget(
            name: "ClusterModelTests", dependencies: ["ClusterModel", "NetworkAddress"], swiftSettings: strict),
        .testTarget(
            name: "DNSWireTests", dependencies: ["DNSWire", "ZoneFiles", "DNSTesting"], swiftSettings: strict),
        .testTarget(
            name: "DNSZoneTests", dependencies: ["DNSZone", "DNSWire", "ZoneFiles", "DNSTesting"],
            swiftSettings: strict),
        .testTarget(name: "TSIGTests", dependencies: ["TSIG", "DNSWire"], swiftSettings: strict),
        .testTarget(
            name: "TransfersTests", dependencies: ["Transfers", "TSIG", "DNSZone", "DNSWire"], swiftSettings: strict),
        .testTarget(
            name: "ClusterZoneTests",
            dependencies: [
                "Answering", "ClusterZone", "ClusterModel", "DNSZone", "DNSWire", "NetworkAddress", "ZoneFiles",
                "DNSTesting",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AnsweringTests",
            dependencies: [
                "Answering", "ClusterModel", "ClusterZone", "Corefile", "DNSWire", "DNSZone", "NetworkAddress",
                "ZoneFiles", "DNSTesting", "TSIG", "Transfers",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ZoneFilesTests", dependencies: ["ZoneFiles", "DNSTesting", "DNSWire", "DNSZone"],
            swiftSettings: strict),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "Serving", "Answering", "APIServerTesting", "CLinux", "ClusterZone", "Corefile", "DNSWire",
                "NetworkAddress",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdminTests",
            dependencies: [
                "Admin", "Serving", "Answering", "ClusterZone", "Corefile", "DNSWire", "NetworkAddress",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(name: "SupervisionTests", dependencies: ["Supervision"], swiftSettings: strict),
        .testTarget(
            name: "NodeNetworkTests", dependencies: ["NodeNetwork", "NetworkAddress"], swiftSettings: strict),
        .testTarget(
            name: "ClusterDNSTests",
            dependencies: [
                "ClusterDNS", "Admin", "APIServerTesting", "Answering", "ClusterFeed", "ClusterModel", "ClusterZone",
                "Corefile", "DNSWire", "DNSZone", "KubernetesClient", "KubernetesProtocol", "NetworkAddress",
                "NodeNetwork", "Serving", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KubernetesProtocolTests",
            dependencies: [
                "KubernetesProtocol", "ClusterModel", "NetworkAddress",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["ClusterSimulation", "ResolverSimulation"],
            path: "Tests/SimulationTests/Tests", swiftSettings: strict),
        .testTarget(
            name: "APIServerTests",
            dependencies: ["APIServerTesting", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict),
        .testTarget(
            name: "KubernetesClientTests",
            dependencies: [
                "KubernetesClient", "KubernetesProtocol", "ClusterModel",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ClusterFeedTests",
            dependencies: ["ClusterFeed", "KubernetesProtocol", "ClusterModel", "NetworkAddress"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// `Scripts/fuzz` builds this part alone, instrumented for libFuzzer, in a directory of its own: the targets that read
// what others write, of the large ones only the files that do, and the doors to them.
if Context.environment["CLUSTERDNS_FUZZ"] != nil {
    let whole: Set = [
        "CMemory", "CLDNS", "NetworkAddress", "DNSWire", "Patterns", "Corefile", "ClusterModel", "DNSZone",
        "ClusterZone", "Answering", "ZoneFiles", "KubernetesProtocol", "DNSTesting", "CCrypto", "TSIG", "Transfers",
    ]
    let serving = ["TCPConnectionStateMachine", "TCPLimits"]
    let resolving = ["ResolvConf", "ResolverLimits", "UpstreamExchange", "UpstreamQuery"]
    let feed = [
        "AliasBound", "ConfigurationReader", "ContainerReader", "DeepStack", "EndpointSliceReader", "EndpointsReader",
        "EnvironmentReader", "FieldError", "Finding", "ManifestDecoder", "ManifestEntry", "ManifestReading",
        "ManifestText", "ManifestType", "ManifestValue", "ManifestValue+Names", "ManifestValue+Scalars",
        "MetadataReader", "ObjectAdvice", "PodReader", "ServiceImportReader", "ServicePortReader", "ServiceReader",
        "YAMLProblem",
    ]
    package.products = [.executable(name: "Fuzz", targets: ["Fuzz"])]
    package.targets = package.targets.filter { whole.contains($0.name) }
    package.targets += [
        .target(
            name: "Serving",
            dependencies: ["Answering", "DNSWire", "NetworkAddress", .product(name: "NIOCore", package: "swift-nio")],
            sources: serving.map { "\($0).swift" } + resolving.map { "Resolving/\($0).swift" }, swiftSettings: strict),
        .target(
            name: "ClusterFeed",
            dependencies: [
                "KubernetesProtocol", "ClusterModel", "NetworkAddress", .product(name: "Yams", package: "Yams"),
            ],
            sources: feed.map { "\($0).swift" }, swiftSettings: strict),
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Answering", "CFuzzer", "ClusterFeed", "ClusterModel", "ClusterZone", "Corefile", "DNSTesting",
                "DNSWire", "KubernetesProtocol", "NetworkAddress", "Patterns", "Serving", "ZoneFiles",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/Doors", swiftSettings: strict),
    ]
    for target in package.targets where target.type != .system && target.name != "DNSTesting" {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]
    }
}
