import Answering
import Corefile
import DNSWire
import DNSZone
import Glibc
import NIOCore
import NIOPosix
import NetworkAddress
import ServiceLifecycle
import Serving
import Synchronization
import TSIG
import Transfers

/// Tells other servers of new versions of zones by NOTIFY (RFC 1996), as the rules of `transfer` say.
final class ServeNotifier: Service {
    /// How soon a new version is seen.
    private static let interval = Duration.milliseconds(10)
    /// The same where nobody is to be told.
    private static let idleInterval = Duration.milliseconds(500)

    /// A word on its way.
    private struct Flight {
        var target: NotifyTarget
        var serial: UInt32
    }

    private let publisher: Publisher
    private let group: any EventLoopGroup
    private let start = ContinuousClock.now
    private let answered = Mutex<[UInt16]>([])

    init(publisher: Publisher, group: any EventLoopGroup) {
        self.publisher = publisher
        self.group = group
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.look() }
    }

    private func look() async {
        var generation: UInt64 = 0
        var pacings: [NotifyTarget: NotifyPacing] = [:]
        var versions: [NotifyTarget: ZoneVersion] = [:]
        var flights: [UInt16: Flight] = [:]
        var channels: [IPFamily: any Channel] = [:]
        while !Task.isCancelled {
            if let state = publisher.newer(than: generation) {
                generation = state.generation
                versions = Self.versions(of: state)
                let now = ContinuousClock.now - start
                pacings = pacings.filter { versions[$0.key] != nil }
                for (target, version) in versions {
                    pacings[target, default: NotifyPacing()].note(serial: version.soa.serial, at: now)
                }
                flights = flights.filter { versions[$0.value.target] != nil }
            }
            for id in answered.withLock({
                let all = $0; $0 = []; return all
            }) {
                if let flight = flights.removeValue(forKey: id) {
                    pacings[flight.target]?.answered(serial: flight.serial)
                }
            }
            let (now, spacing) = (ContinuousClock.now - start, NotifyPacing.spacing(targetCount: pacings.count))
            for target in pacings.keys {
                guard case .send(let serial)? = pacings[target]?.next(at: now, spacing: spacing),
                    let version = versions[target], case .address(let address) = target.place.host
                else { continue }
                version.images?.announce(serial)
                let id = UInt16.random(in: .min ... .max)
                flights[id] = Flight(target: target, serial: serial)
                if channels[address.family] == nil { channels[address.family] = await open(address.family) }
                if let channel = channels[address.family] { send(version.soa, to: target, address, id, on: channel) }
            }
            try? await Task.sleep(for: versions.isEmpty ? Self.idleInterval : Self.interval)
        }
        for channel in channels.values { try? await channel.close() }
    }

    private static func versions(of state: ServingState) -> [NotifyTarget: ZoneVersion] {
        var versions: [NotifyTarget: ZoneVersion] = [:]
        for block in state.configuration.blocks { versions.merge(block.notices(state)) { first, _ in first } }
        return versions
    }

    private func send(
        _ soa: ZoneRecord, to target: NotifyTarget, _ address: IPAddress, _ id: UInt16, on channel: any Channel
    ) {
        var message = TransferQuestion.notify(of: soa, id: id)
        if let name = target.key, let key = publisher.state.configuration.keyring[name] {
            var signer = TSIGSigner(key)
            signer.sign(&message, now: UInt64(max(0, time(nil))))
        }
        guard let remote = try? SocketAddress(ipAddress: address.description, port: Int(target.place.port)) else {
            return
        }
        let envelope = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: message))
        channel.writeAndFlush(envelope, promise: nil)
    }

    private func open(_ family: IPFamily) async -> (any Channel)? {
        let bootstrap = DatagramBootstrap(group: group).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NotifyAnswerHandler { [weak self] id in self?.answered.withLock { $0.append(id) } })
            }
        }
        return try? await bootstrap.bind(host: family == .ipv4 ? "0.0.0.0" : "::", port: 0).get()
    }
}

/// Reads which words were answered; whoever forges an answer only spares the other server a second word.
private final class NotifyAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let answered: (UInt16) -> Void

    init(_ answered: @escaping (UInt16) -> Void) { self.answered = answered }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let octets = unwrapInboundIn(data).data
        guard let id = octets.getInteger(at: octets.readerIndex, as: UInt16.self),
            let word = octets.getInteger(at: octets.readerIndex + 2, as: UInt16.self), word & Query.Flag.response != 0
        else { return }
        answered(id)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
