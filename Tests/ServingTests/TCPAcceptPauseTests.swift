import NIOCore
import NIOEmbedded
import Testing

@testable import Serving

/// Fact 58: connections leave the last descriptors to what runs beside them.
struct TCPAcceptPauseTests {
    /// `clinux_descriptor_shortage`, whether the connection is served, and whether the next one is accepted at once.
    static let rows: [(shortage: Int32, isServed: Bool, goesOn: Bool)] = [
        (0, true, true), (1, true, false), (2, false, false),
    ]

    @Test(arguments: rows)
    func shortage(_ row: (shortage: Int32, isServed: Bool, goesOn: Bool)) throws {
        let server = EmbeddedChannel(handler: TCPAcceptPause(shortage: { row.shortage }))
        let client = EmbeddedChannel()
        try client.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 53)).wait()
        try server.writeInbound(client as any Channel)
        client.embeddedEventLoop.run()
        #expect(try (server.readInbound(as: (any Channel).self) != nil) == row.isServed)
        #expect(client.isActive == row.isServed)
        #expect(Self.autoRead(server) == (row.goesOn ? nil : false))
        server.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(Self.autoRead(server) == (row.goesOn ? nil : true))
    }

    /// What was asked for last; nil where nothing was.
    private static func autoRead(_ channel: EmbeddedChannel) -> Bool? {
        channel.options.last { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool
    }
}
