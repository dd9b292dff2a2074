import CLinux
import Glibc
import NetworkAddress

/// Memory for one batch of datagrams, received and sent with one system call each; allocated once.
@safe struct DatagramBatch: ~Copyable {
    /// Messages a batch holds.
    static let capacity = Int(CLINUX_BATCH)
    private static let slotOctetCount = Int(CLINUX_SLOT)

    private let batch: OpaquePointer

    /// Fails when there is no memory; `wantsLocalAddress` answers from the address asked, on a socket for all of them.
    init?(wantsLocalAddress: Bool) {
        guard let batch = unsafe clinux_batch_create(wantsLocalAddress ? 1 : 0) else { return nil }
        unsafe self.batch = batch
    }

    deinit { unsafe clinux_batch_destroy(batch) }

    /// Waits for datagrams and takes those that are there; the count, or an errno.
    mutating func receive(from socket: Int32, waits: Bool) -> Result<Int, ReceiveError> {
        let count = unsafe clinux_batch_receive(batch, socket, waits ? 0 : Int32(MSG_DONTWAIT))
        return count < 0 ? .failure(ReceiveError(errno: -count)) : .success(Int(count))
    }

    struct ReceiveError: Error { var errno: Int32 }

    /// Calls `body` with a message and the memory for its response, and queues as many octets as it returns.
    mutating func respond(at index: Int, _ body: (RawSpan, consuming MutableRawSpan) -> Int) {
        precondition(index >= 0 && index < Self.capacity, "a batch has \(Self.capacity) slots")
        var length = 0
        // SAFETY: both slots belong to this batch and are of this size; `body` cannot keep the spans.
        guard let query = unsafe clinux_batch_query(batch, Int32(index), &length),
            let response = unsafe clinux_batch_response(batch), length <= Self.slotOctetCount
        else { return }
        let count = unsafe body(
            RawSpan(_unsafeStart: UnsafeRawPointer(query), byteCount: length),
            MutableRawSpan(_unsafeStart: UnsafeMutableRawPointer(response), byteCount: Self.slotOctetCount))
        precondition(count <= Self.slotOctetCount, "a response fits its slot")
        if count > 0 { unsafe clinux_batch_respond(batch, Int32(index), count) }
    }

    /// Calls `body` with a message.
    func read(at index: Int, _ body: (RawSpan) -> Void) {
        precondition(index >= 0 && index < Self.capacity, "a batch has \(Self.capacity) slots")
        var length = 0
        // SAFETY: the slot belongs to this batch and holds `length` octets; `body` cannot keep the span.
        guard let query = unsafe clinux_batch_query(batch, Int32(index), &length), length <= Self.slotOctetCount else {
            return
        }
        unsafe body(RawSpan(_unsafeStart: UnsafeRawPointer(query), byteCount: length))
    }

    /// The sender's address and port.
    func sender(at index: Int) -> (address: IPAddress, port: UInt16) {
        precondition(index >= 0 && index < Self.capacity, "a batch has \(Self.capacity) slots")
        var octets = InlineArray<2, UInt64>(repeating: 0)
        var port: UInt16 = 0
        var span = octets.mutableSpan
        // SAFETY: 16 octets are there to be written.
        let family = unsafe span.withUnsafeMutableBytes { bytes in
            unsafe clinux_batch_sender(
                batch, Int32(index), bytes.assumingMemoryBound(to: UInt8.self).baseAddress, &port)
        }
        guard family == AF_INET6 else {
            return (IPAddress(ipv4: UInt32(bigEndian: UInt32(truncatingIfNeeded: octets[0]))), port)
        }
        return (IPAddress(high: UInt64(bigEndian: octets[0]), low: UInt64(bigEndian: octets[1])), port)
    }

    /// A copy of the message, for an answer that comes later.
    func message(at index: Int) -> [UInt8] {
        var length = 0
        // SAFETY: the slot belongs to this batch and holds `length` octets.
        guard let octets = unsafe clinux_batch_query(batch, Int32(index), &length), length <= Self.slotOctetCount else {
            return []
        }
        return unsafe Array(UnsafeBufferPointer(start: octets, count: length))
    }

    /// What is needed to reply to the message after its batch is gone.
    func envelope(at index: Int) -> [UInt8] {
        precondition(index >= 0 && index < Self.capacity, "a batch has \(Self.capacity) slots")
        var envelope = [UInt8](repeating: 0, count: Int(CLINUX_ENVELOPE))
        // SAFETY: the array has the octets that the C function writes.
        unsafe clinux_batch_envelope(batch, Int32(index), &envelope)
        return envelope
    }

    /// Whether the datagram was longer than a slot, and so came without its end.
    func isCut(at index: Int) -> Bool { unsafe clinux_batch_is_cut(batch, Int32(index)) != 0 }

    /// Sends what is queued; returns how many responses the kernel refused.
    mutating func send(to socket: Int32) -> Int { Int(unsafe clinux_batch_send(batch, socket)) }
}
