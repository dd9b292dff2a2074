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
    /// Between two looks: what changes in between is seen as one.
    private static let interval = Duration.milliseconds(10)

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

    /// What is to be told, and on its way.
    private struct Words {
        var generation: UInt64 = 0
        var pacings: [NotifyTarget: NotifyPacing] = [:]
        var versions: [NotifyTarget: ZoneVersion] = [:]
        var flights: [UInt16: Flight] = [:]
        var channels: [IPFamily: any Channel] = [:]
    }

    private func look() async {
        var words = Words()
        let (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var wake = wakes.makeAsyncIterator()
        publisher.attach { waker.yield() }
        while !Task.isCancelled {
            take(&words)
            let time = await tell(&words)
            try? await Task.sleep(for: Self.interval)
            let timer = time.map { time in
                Task { [start] in
                    guard (try? await Task.sleep(for: time - (ContinuousClock.now - start))) != nil else { return }
                    waker.yield()
                }
            }
            _ = await wake.next()
            timer?.cancel()
        }
        for channel in words.channels.values { try? await channel.close() }
    }

    /// Takes the newest state, and which words were answered.
    private func take(_ words: inout Words) {
        if let state = publisher.newer(than: words.generation) {
            words.generation = state.generation
            let versions = Self.versions(of: state)
            words.versions = versions
            words.pacings = words.pacings.filter { versions[$0.key] != nil }
            for (target, version) in versions {
                words.pacings[target, default: NotifyPacing()].note(serial: version.soa.serial)
            }
            words.flights = words.flights.filter { versions[$0.value.target] != nil }
        }
        let answered = answered.withLock { answered in
            defer { answered = [] }
            return answered
        }
        for id in answered {
            guard let flight = words.flights.removeValue(forKey: id) else { continue }
            words.pacings[flight.target]?.answered(serial: flight.serial)
        }
    }

    /// Sends what is due; returns when there is more to do, or nil where only a new version brings that.
    private func tell(_ words: inout Words) async -> Duration? {
        let (now, spacing) = (ContinuousClock.now - start, NotifyPacing.spacing(targetCount: words.pacings.count))
        var next: Duration?
        for target in words.pacings.keys {
            switch words.pacings[target]?.next(at: now, spacing: spacing) {
            case .send(let serial):
                // Whether it was answered, and the word of the next version.
                next = min(next ?? now + spacing, now + spacing)
                guard let version = words.versions[target], case .address(let address) = target.place.host else {
                    continue
                }
                version.images?.announce(serial)
                let id = UInt16.random(in: .min ... .max)
                words.flights[id] = Flight(target: target, serial: serial)
                let family = address.family
                if words.channels[family] == nil { words.channels[family] = await open(family) }
                if let channel = words.channels[family] { send(version.soa, to: target, address, id, on: channel) }
            case .wait(let time): next = min(next ?? time, time)
            case .rest, nil: break
            }
        }
        return next
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
