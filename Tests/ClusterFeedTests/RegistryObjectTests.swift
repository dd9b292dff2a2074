import ClusterFeed
import ClusterModel
import Foundation
import NetworkAddress
import Testing

/// The objects of a Kubernetes API in the registry file.
struct RegistryObjectTests {
    private let scratch: ScratchDirectory
    private let path: String
    private let web = ObjectKey("shop/web")
    private let fingerprints: [ObjectKind: String] = [
        .service: "https://a/services", .endpointSlice: "https://a/slices",
    ]

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.path + "/registry.db"
    }

    private func image(_ objects: [ClusterObject], changed: [ClusterObject]? = nil, version: String) -> RegistryImage {
        var store = ClusterStore()
        _ = store.apply(objects.map { .upserted($0) })
        var image = RegistryImage(snapshot: store.snapshot)
        for object in changed ?? objects { image.changed[object.kind, default: []].insert(object.key) }
        image.resources = fingerprints.mapValues {
            StoredResource(fingerprint: $0, resourceVersion: version, savedTime: 1_700_000_000)
        }
        return image
    }

    private struct Loaded {
        var objects: Set<ClusterObject>
        var resources: [ObjectKind: StoredResource]
        var findings: [Finding]

        init(_ stored: StoredRegistry) {
            objects = Set(stored.objects.map(\.object))
            resources = stored.resources
            findings = stored.findings
        }

        var versions: [ObjectKind: String] { resources.mapValues(\.resourceVersion) }
    }

    private func load(_ file: RegistryFile, _ fingerprints: [ObjectKind: String]? = nil) -> Loaded {
        Loaded(file.loadObjects(fingerprints ?? self.fingerprints))
    }

    private func open() -> RegistryFile {
        let (file, findings) = RegistryFile.open(path: path)
        #expect(findings == [])
        return file
    }

    private func saved(_ objects: [ClusterObject], version: String = "7") throws -> RegistryFile {
        let file = open()
        #expect(load(file).resources.isEmpty)
        #expect(try file.save(image(objects, version: version)))
        return file
    }

    @Test func objectsAndVersionsComeBack() throws {
        let objects = [Objects.service(web), Objects.slice("web-1", of: web, ["10.1.0.1", "10.1.0.2"])]
        do { _ = try saved(objects) }
        let loaded = load(open())
        #expect(loaded.objects == Set(objects) && loaded.findings == [])
        #expect(loaded.versions == [.service: "7", .endpointSlice: "7"])
        #expect(loaded.resources[.service]?.savedTime == 1_700_000_000)
    }

    @Test func onlyWhatChangedIsWritten() throws {
        let other = Objects.service(ObjectKey("shop/other"))
        let file = try saved([Objects.service(web), other])
        let moved = Objects.service(web, "10.0.0.9", version: "8")
        #expect(try file.save(image([moved], version: "8")))
        #expect(load(file).objects == [moved, other])
        // A key that is marked and not in the registry was removed.
        #expect(try file.save(image([other], changed: [moved], version: "9")))
        #expect(load(file).objects == [other])
    }

    @Test func aSweepRemovesWhatTheRegistryLacks() throws {
        let slice = Objects.slice("web-1", of: web, ["10.1.0.1"])
        let file = try saved([Objects.service(web), Objects.service(ObjectKey("shop/other")), slice])
        var image = image([Objects.service(web)], changed: [], version: "9")
        image.swept = [.service]
        #expect(try file.save(image))
        #expect(load(file).objects == [Objects.service(web), slice])
    }

    /// A server that is killed leaves the file and its log as they are at that moment.
    @Test func aKilledServerLeavesAWholeImage() throws {
        let file = try saved([Objects.service(web)])
        let copies = (0..<20).map { number -> String in
            let copy = "\(scratch.path)/killed-\(number).db"
            let version = "\(number + 8)"
            let objects = [
                Objects.service(web, version: version), Objects.slice("web-1", of: web, [], version: version),
            ]
            #expect(throws: Never.self) { try file.save(image(objects, version: version)) }
            for suffix in ["", "-wal"] {
                try? FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            return copy
        }
        for (number, copy) in copies.enumerated() {
            let (killed, findings) = RegistryFile.open(path: copy)
            let loaded = load(killed)
            #expect(findings == [] && loaded.versions[.service] == "\(number + 8)")
            #expect(Set(loaded.objects.map(\.metadata.resourceVersion)) == ["\(number + 8)"])
        }
    }

    /// A log that ends in the middle of a transaction gives the one before it.
    @Test func aLogThatIsCutGivesOneOfItsTransactions() throws {
        let file = try saved([Objects.service(web)])
        for number in 8..<12 {
            let objects = [Objects.service(web, version: "\(number)"), Objects.headless(ObjectKey("shop/\(number)"))]
            #expect(try file.save(image(objects, version: "\(number)")))
        }
        let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        for length in stride(from: 0, through: log.count, by: 997) {
            let copy = "\(scratch.path)/cut-\(length).db"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try log.prefix(length).write(to: URL(fileURLWithPath: copy + "-wal"))
            let loaded = load(RegistryFile.open(path: copy).0)
            let ofWeb = loaded.objects.first { $0.key == web }?.metadata.resourceVersion
            let isFirst = loaded.versions[.service] == "7" && ofWeb == "1"
            #expect(isFirst || loaded.versions[.service] == ofWeb)
        }
    }

    @Test func anotherServersObjectsAreDropped() throws {
        let slice = Objects.slice("web-1", of: web, ["10.1.0.1"])
        let file = try saved([Objects.service(web), slice])
        let moved = fingerprints.merging([.service: "https://b/services"]) { $1 }
        let loaded = load(file, moved)
        #expect(loaded.objects == [slice] && loaded.versions == [.endpointSlice: "7"])
        #expect(try file.save(RegistryImage(snapshot: ClusterSnapshot())))
        // They do not come back when the server is the old one again: nobody knows what it has done since.
        #expect(load(file).objects == [slice])
    }

    /// The length in front of a name is changed in the file: the object ends too early.
    @Test func anObjectThatCannotBeReadCostsItsKind() throws {
        let slice = Objects.slice("web-1", of: web, ["10.1.0.1"])
        let name = "a-name-that-is-nowhere-else"
        do { _ = try saved([Objects.service(web), Objects.service(ObjectKey("shop/\(name)")), slice]) }
        var octets = try Data(contentsOf: URL(fileURLWithPath: path))
        let place = try #require(octets.range(of: Data(name.utf8), options: .backwards)).lowerBound
        #expect(octets[place - 1] == UInt8(name.utf8.count))
        octets[place - 1] = 0x7F
        try octets.write(to: URL(fileURLWithPath: path))
        let loaded = load(open())
        #expect(loaded.objects == [slice] && loaded.versions == [.endpointSlice: "7"])
        #expect(loaded.findings.map(\.severity) == [.warning])
        #expect(loaded.findings.first?.message.contains("Service") == true)
    }

    /// Pages of the object tables are overwritten; the rest of the file is as it was.
    @Test func aDamagedFileIsSetAsideAndTheSerialKept() throws {
        do {
            let file = try saved((0..<3000).map { Objects.service(ObjectKey("shop/service-\($0)")) })
            try file.raiseSerial(to: 12_345)
        }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seek(toOffset: 4096 * 20)
        try handle.write(contentsOf: Data(repeating: 0xAB, count: 4096 * 10))
        try handle.close()
        let file = open()
        let loaded = load(file)
        #expect(loaded.resources.isEmpty && loaded.findings.map(\.severity) == [.error])
        #expect(try file.serial() == 12_345)
        let again = [Objects.service(web)]
        #expect(try file.save(image(again, version: "9")))
        #expect(load(open()).objects == Set(again))
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(names.contains { $0.hasPrefix("registry.db.corrupt-") })
    }

    /// Each of two servers would write its versions over objects that the other has not seen change.
    @Test func theServerThatCameLastWritesTheFile() throws {
        let first = try saved([Objects.service(web)])
        let second = open()
        _ = load(second)
        #expect(try second.save(image([Objects.service(web)], version: "8")))
        #expect(try !first.save(image([Objects.service(web, "10.0.0.2")], version: "8")))
        #expect(try second.save(image([Objects.service(web, "10.0.0.3")], version: "9")))
        #expect(load(second).objects == [Objects.service(web, "10.0.0.3")])
    }
}
