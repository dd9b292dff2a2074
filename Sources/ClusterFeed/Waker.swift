/// Ends a wait in `poll` from another thread, once and for good.
final class Waker: Sendable {
    private let reader: OpenFile
    private let writer: OpenFile

    init() throws(SystemCallError) {
        let ends = try FileCalls.makePair()
        reader = OpenFile(adopting: ends.reader)
        writer = OpenFile(adopting: ends.writer)
    }

    /// Readable from the first `wake` on.
    var descriptor: Int32 { reader.descriptor }

    func wake() { FileCalls.writeOctet(writer.descriptor) }
}
