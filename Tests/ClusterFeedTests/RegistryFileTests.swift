import ClusterFeed
import ClusterModel
import Foundation
import NetworkAddress
import Testing

struct RegistryFileTests {
    let scratch: ScratchDirectory
    let web = ObjectKey(namespace: "default", name: "web")
    let addresses: [IPAddress]

    init() throws {
        scratch = try ScratchDirectory()
        addresses = [try #require(IPAddress("10.0.162.149")), try #require(IPAddress("fd00::a"))]
    }

    @Test func keepsAssignmentsInOrder() throws {
        let path = scratch.path + "/new/dir/registry.db"
        do {
            let (file, findings) = RegistryFile.open(path: path)
            #expect(findings == [])
            try file.save(assignments: [web: addresses, ObjectKey(namespace: "a", name: "b"): [addresses[1]]])
            try file.save(assignments: [web: addresses])
        }
        let (file, findings) = RegistryFile.open(path: path)
        #expect(findings == [])
        #expect(try file.loadAssignments() == [web: addresses])
        #expect(RegistryFile.assignments(path: path).0 == [web: addresses])
    }

    @Test func serialOnlyRises() throws {
        let (file, _) = RegistryFile.open(path: scratch.path + "/registry.db")
        #expect(try file.serial() == nil)
        for (raised, held) in [(5, 5), (3, 5), (4_000_000_000, 5), (2_000_000_000, 2_000_000_000)] as [(UInt32, UInt32)]
        {
            try file.raiseSerial(to: raised)
            #expect(try file.serial() == held)
        }
        // RFC 1982: past the end of the number space the small number is the later one.
        try file.raiseSerial(to: 4_000_000_000)
        try file.raiseSerial(to: 7)
        #expect(try file.serial() == 7)
    }

    @Test(arguments: ["not a database, but text that is long enough to be read as one\n", "SQLite format 3\0garbage"])
    func corruptFileIsSetAside(_ text: String) throws {
        let path = scratch.path + "/registry.db"
        try scratch.write(String(repeating: text, count: 100), to: "registry.db")
        let (file, findings) = RegistryFile.open(path: path)
        #expect(findings.map(\.severity) == [.error])
        try file.save(assignments: [web: addresses])
        #expect(RegistryFile.assignments(path: path).0 == [web: addresses])
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(names.contains { $0.hasPrefix("registry.db.corrupt-") })
    }

    @Test func unusableDirectoryIsServedWithout() throws {
        try scratch.write("a file where a directory should be", to: "file")
        let (file, findings) = RegistryFile.open(path: scratch.path + "/file/registry.db")
        #expect(findings.map(\.severity) == [.error])
        try file.save(assignments: [web: addresses])
        #expect(try file.loadAssignments() == [web: addresses])
    }

    @Test func missingFileIsNotMadeByACommand() {
        let path = scratch.path + "/none.db"
        #expect(RegistryFile.assignments(path: path).0.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
