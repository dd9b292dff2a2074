import Answering
import NIOCore
import NetworkAddress

/// Drives one connection: octets and time into its state machine, what that says out to the channel and the lane.
final class TCPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Responses are handed on once so many octets are queued.
    private static let writeOctetCount = 64 * 1024

    let lane: TCPLane
    var machine: TCPConnectionStateMachine
    /// Answers of more than one message, the first under way.
    var transfers: [TransferProgress] = []
    var lastTransferNumber = 0
    private var client = QueryClient(transport: .tcp, address: IPAddress(ipv4: 0), port: 0)
    private(set) var context: ChannelHandlerContext?
    /// The channel wanted to read while the machine did not.
    private var isReadHeld = false
    private(set) var isClosing = false
    /// What the lane counts as held by this connection.
    private var heldOctetCount = 0

    init(lane: TCPLane) {
        self.lane = lane
        machine = TCPConnectionStateMachine(limits: lane.limits, at: lane.now)
    }

    var idleSince: NIODeadline? { machine.idleSince }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        // A client that is gone already has no address, and wants no answer.
        guard let remote = context.remoteAddress else { return context.close(promise: nil) }
        client = QueryClient(tcp: remote)
        guard lane.admit(self) else { return context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        _ = lane.hold(-heldOctetCount)
        heldOctetCount = 0
        lane.remove(self)
        self.context = nil
        endTransfers()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.receive(unwrapInboundIn(data), at: lane.now)
        serve(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = !machine.wantsOctets
        if !isReadHeld { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        machine.endInput()
        serve(context)
        context.flush()
    }

    /// A connection that was reset, or whose socket failed, has nobody left to tell.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func tick(at now: NIODeadline, idleTimeout: TimeAmount) {
        guard let context else { return }
        apply(machine.tick(at: now, idleTimeout: idleTimeout), context)
    }

    func evict() {
        guard let context else { return }
        apply(machine.evict(), context)
        lane.remove(self)
    }

    func drain() { machine.drain() }

    func abort() { context?.close(promise: nil) }

    /// Answers every message that is there, as far as the client takes the answers.
    private func serve(_ context: ChannelHandlerContext) {
        let start = lane.now
        lane.refresh()
        var action = machine.next(at: start)
        while case .answer(let message) = action {
            let octetCount = lane.answer(message, from: client, since: start) { [weak self] response in
                self?.answeredLater(response)
            }
            if octetCount == 0, let transfer = lane.takeTransfer() {
                begin(transfer)
            } else if let octetCount {
                machine.answered(octetCount: octetCount, at: start)
            }
            if lane.queuedOctetCount >= Self.writeOctetCount { write(context) }
            action = machine.next(at: start)
        }
        write(context)
        lane.settle(since: start)
        apply(action, context)
        account(context)
    }

    /// Sends a response that upstreams were asked for; then goes on with messages that waited for it.
    private func answeredLater(_ response: ByteBuffer) {
        guard let context else { return }
        machine.answered(octetCount: lane.queue(response), at: lane.now)
        write(context)
        context.flush()
        account(context)
        guard !isClosing else { return }
        if machine.isInterrupted { serve(context) }
        context.flush()
        if isReadHeld { read(context: context) }
    }

    private func apply(_ action: TCPConnectionStateMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .answer: preconditionFailure("messages are answered in serve only")
        case .abort: context.close(promise: nil)
        case .close:
            isClosing = true
            context.flush()
            closeWhenSent(context)
        }
    }

    private func closeWhenSent(_ context: ChannelHandlerContext) {
        if isClosing, !machine.hasUnsentOctets { context.close(promise: nil) }
    }

    func write(_ context: ChannelHandlerContext) {
        guard let responses = lane.takeResponses() else { return }
        let octetCount = responses.readableBytes
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { [self] in sent(octetCount) }
        context.write(wrapOutboundOut(responses), promise: promise)
    }

    private func sent(_ octetCount: Int) {
        machine.sent(octetCount: octetCount, at: lane.now)
        guard let context else { return }
        if !transfers.isEmpty { continueTransfers() }
        account(context)
        closeWhenSent(context)
        guard !isClosing else { return }
        if machine.isInterrupted {
            serve(context)
            context.flush()
        }
        if isReadHeld { read(context: context) }
    }

    /// Tells the lane what this connection holds; when all hold too much, the one that grows goes.
    func account(_ context: ChannelHandlerContext) {
        let change = machine.heldOctetCount - heldOctetCount
        heldOctetCount += change
        if !lane.hold(change) { context.close(promise: nil) }
    }
}

extension QueryClient {
    /// The far end of a connection; IPv4 seen through a dual-stack socket is IPv4.
    fileprivate init(tcp remote: SocketAddress) {
        var address = remote.ipAddress.flatMap { IPAddress($0) } ?? IPAddress(ipv4: 0)
        if address.family == .ipv6, address.high == 0, address.low >> 32 == 0xFFFF {
            address = IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low))
        }
        self.init(transport: .tcp, address: address, port: UInt16(clamping: remote.port ?? 0))
    }
}
