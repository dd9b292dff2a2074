import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// A DNS server that errs on purpose, for scenarios: what a resolver must bear from its upstream.
@main
struct BadUpstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BadUpstream",
        abstract: "Answers over UDP and TCP; the first label of the name decides what is wrong with the answer.",
        discussion: """
            First labels, KIND or KIND-NUMBER; any other one is answered right: 192.0.2.N or 2001:db8::N, TTL 60, where N
            says how often the name was asked for that type. False addresses are 203.0.113.66.
            \(Kind.allCases.map { "  \($0.rawValue)  \($0.help)" }.joined(separator: "\n"))
            In class CH it answers as TXT: seen.NAME counts the queries for a name and those below it (seen. for all),
            set.KIND makes all names behave so (set.right, set.names ends it), reset forgets what was asked.
            """)

    @Option(help: "The address to listen at.") var address = "127.0.0.1"
    @Option(help: "Where false replies come from that nobody asked there.") var otherAddress = "127.0.0.99"
    @Option(help: "The port, for UDP and TCP.") var port = 5353
    @Option(help: "KIND or KIND-NUMBER for all names.") var all: String?
    @Flag(help: "Refuses TCP connections.") var withoutTCP = false
    @Flag(help: "Has no UDP port.") var withoutUDP = false

    func run() async throws {
        // One thread, so that replies leave in the order of their steps.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let ledger = Ledger(behaviour: all.map { Behaviour(label: $0) })
        if !withoutUDP { try await listenUDP(group, ledger) }
        if !withoutTCP { try await listenTCP(group, ledger) }
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        // It runs on its own thread; this one has nothing left to do until a signal ends the process.
        while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
    }

    private func listenUDP(_ group: MultiThreadedEventLoopGroup, _ ledger: Ledger) async throws {
        let otherPort = try await DatagramBootstrap(group: group).bind(host: address, port: 0).get()
        let other = try await DatagramBootstrap(group: group).bind(host: otherAddress, port: port).get()
        _ = try await DatagramBootstrap(group: group)
            .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = DatagramHandler(ledger: ledger, otherPort: otherPort, otherAddress: other)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: address, port: port).get()
    }

    private func listenTCP(_ group: MultiThreadedEventLoopGroup, _ ledger: Ledger) async throws {
        _ = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(ledger: ledger))
                }
            }
            .bind(host: address, port: port).get()
    }
}
