import NetworkAddress
import Testing

@testable import NodeNetwork

/// Addresses on links, in network namespaces; `bridge` stands in for `dummy`, which not every kernel has.
@Suite(.enabled(if: NetworkNamespace.isAllowed, "network namespaces need root"))
struct NodeAddressesTests {
    private static let four = IPAddress(ipv4: 0xA9FE_140A)
    private static let six = IPAddress(high: 0xFD00_0000_0000_0000, low: 10)
    private static let both = [four, six]

    /// Where the address is, each link once.
    private static func links(of address: IPAddress) throws -> [String] {
        try Links.addresses().filter { $0.address == address }.map(\.link)
    }

    @Test(arguments: [(kind: "bridge", link: "nodelocaldns"), (kind: "no-such-kind", link: "lo")])
    func comeWithTheirHolderAndGoWithIt(_ row: (kind: String, link: String)) async throws {
        try await NetworkNamespace.run { () throws in
            var addresses = NodeAddresses(kind: row.kind)
            #expect(try addresses.hold(Self.both) == Self.both.map { .added($0, to: row.link) })
            #expect(try Self.both.map(Self.links) == [[row.link], [row.link]])
            #expect(addresses.held == Set(Self.both))
            #expect(try addresses.hold(Self.both) == [])
            #expect(addresses.release() == Self.both.sorted().map { .removed($0, from: row.link) })
            #expect(try Self.both.map(Self.links) == [[], []])
            #expect(try !Links.addresses().contains { $0.link == "nodelocaldns" })
        }
    }

    @Test func stayForAnotherHolder() async throws {
        try await NetworkNamespace.run { () throws in
            var (old, new) = (NodeAddresses(kind: "none"), NodeAddresses(kind: "none"))
            _ = try old.hold(Self.both)
            #expect(try new.hold([Self.four]) == [.adopted(Self.four, on: "lo")])
            #expect(old.release() == [.removed(Self.six, from: "lo")])
            #expect(try Self.links(of: Self.four) == ["lo"])
            #expect(new.release() == [.removed(Self.four, from: "lo")])
        }
    }

    /// A process that is killed holds nothing any more, but its addresses are still there.
    @Test func areAdoptedAfterACrash() async throws {
        try await NetworkNamespace.run { () throws in
            do {
                var crashed = NodeAddresses(kind: "none")
                _ = try crashed.hold(Self.both)
            }
            var next = NodeAddresses(kind: "none")
            #expect(try next.hold(Self.both) == Self.both.map { .adopted($0, on: "lo") })
            #expect(next.release().count == 2)
            #expect(try Self.links(of: Self.four) == [])
        }
    }

    @Test func ofOthersAreLeftAlone() async throws {
        try await NetworkNamespace.run { () throws in
            // The kernel's own: brought up, `lo` has it without our mark.
            let loopback = IPAddress(ipv4: 0x7F00_0001)
            var addresses = NodeAddresses(kind: "none")
            #expect(try Links.create("lo", kind: "none"))
            #expect(try addresses.hold([loopback]) == [.left(loopback, on: "lo")])
            #expect(addresses.held.isEmpty && addresses.release().isEmpty)
            #expect(try Self.links(of: loopback) == ["lo"])
        }
    }

    @Test func areAddedAgainWhenDeleted() async throws {
        try await NetworkNamespace.run { () throws in
            var addresses = NodeAddresses(kind: "none")
            _ = try addresses.hold(Self.both)
            #expect(addresses.restore() == [])
            try Links.remove(Self.six, from: "lo")
            #expect(addresses.restore() == [.added(Self.six, to: "lo")])
            #expect(addresses.release().count == 2)
        }
    }

    @Test func mayBeLeftBehind() async throws {
        try await NetworkNamespace.run { () throws in
            var addresses = NodeAddresses(kind: "none")
            _ = try addresses.hold(Self.both)
            #expect(addresses.release(except: [Self.four]) == [.removed(Self.six, from: "lo")])
            #expect(addresses.held == [Self.four])
            #expect(addresses.release(leavesThem: true) == [])
            #expect(try Self.links(of: Self.four) == ["lo"])
        }
    }

    @Test func aThingHasRoomForSixteenHolders() async throws {
        try await NetworkNamespace.run { () throws in
            let holds = try (0..<SharedHold.holderCountMax).map { _ in try SharedHold("thing") }
            #expect(holds.allSatisfy { !$0.isLast })
            let error = #expect(throws: NodeNetworkError.self) { try SharedHold("thing") }
            #expect(
                error?.description == "cannot hold thing: 16 processes hold it already; stop those that are left over")
            #expect(try SharedHold("another thing").isLast)
        }
    }
}
