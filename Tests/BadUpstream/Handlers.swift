import NIOCore
import NIOPosix

/// The UDP sockets: the one that is asked, and the two that answer where nobody asked.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let ledger: Ledger
    private let otherPort: any Channel
    private let otherAddress: any Channel

    init(ledger: Ledger, otherPort: any Channel, otherAddress: any Channel) {
        self.ledger = ledger
        self.otherPort = otherPort
        self.otherAddress = otherAddress
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = unwrapInboundIn(data)
        guard let question = Question(Array(datagram.data.readableBytesView), overTCP: false) else { return }
        let channel = context.channel
        let peer = datagram.remoteAddress
        if question.recordClass == Self.chaos {
            return Self.send(Self.controlReply(question, ledger).octets, to: peer, over: channel)
        }
        for step in ledger.note(question, from: peer.port ?? 0).steps {
            let (octets, sender) = chosen(step.action, channel)
            context.eventLoop.after(milliseconds: step.afterMilliseconds) { Self.send(octets, to: peer, over: sender) }
        }
    }

    private func chosen(_ action: Script.Action, _ channel: any Channel) -> (octets: [UInt8], over: any Channel) {
        switch action {
        case .send(let octets), .sendRaw(let octets): (octets, channel)
        case .sendFromOtherPort(let octets): (octets, otherPort)
        case .sendFromOtherAddress(let octets): (octets, otherAddress)
        case .close: ([], channel)
        }
    }

    private static func send(_ octets: [UInt8], to peer: SocketAddress, over channel: any Channel) {
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: peer, data: ByteBuffer(bytes: octets)), promise: nil)
    }

    static let chaos: UInt16 = 3

    static func controlReply(_ question: Question, _ ledger: Ledger) -> Reply {
        var reply = Reply(to: question)
        let text = Octets.text(ledger.control(question))
        reply.recordClass = chaos
        reply.answers = [Record(owner: Record.asked, type: RecordType.txt, ttl: 0, data: text)]
        return reply
    }
}

/// A TCP connection: messages with their length in front, as many as come.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let ledger: Ledger
    private var pending = ByteBuffer()

    init(ledger: Ledger) { self.ledger = ledger }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var received = unwrapInboundIn(data)
        pending.writeBuffer(&received)
        while let message = pending.readLengthPrefixedSlice(as: UInt16.self) {
            guard let question = Question(Array(message.readableBytesView), overTCP: true) else { continue }
            answer(question, over: context.channel)
        }
        pending.discardReadBytes()
    }

    private func answer(_ question: Question, over channel: any Channel) {
        for step in ledger.note(question, from: channel.remoteAddress?.port ?? 0).steps {
            let action = step.action
            channel.eventLoop.after(milliseconds: step.afterMilliseconds) { Self.perform(action, over: channel) }
        }
    }

    private static func perform(_ action: Script.Action, over channel: any Channel) {
        switch action {
        case .send(let octets), .sendFromOtherPort(let octets), .sendFromOtherAddress(let octets):
            write(Reply.bigEndian(UInt16(clamping: octets.count)) + octets, over: channel)
        case .sendRaw(let octets): write(octets, over: channel)
        case .close: channel.close(promise: nil)
        }
    }

    private static func write(_ octets: [UInt8], over channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(bytes: octets), promise: nil)
    }
}

extension EventLoop {
    /// At once for 0, so that what is not late keeps its order.
    fileprivate func after(milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
        if milliseconds == 0 { work() } else { scheduleTask(in: .milliseconds(Int64(milliseconds)), work) }
    }
}
