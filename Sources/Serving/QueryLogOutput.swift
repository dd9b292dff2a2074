import Glibc

/// Where log lines go: a descriptor that may be a pipe nobody reads.
package struct QueryLogOutput: Sendable {
    /// What a pipe that is ready takes at once (POSIX: PIPE_BUF is at least 512, on Linux 4096).
    private static let writeOctetCountMax = 4096

    private let descriptor: Int32

    package static let standardOutput = QueryLogOutput(descriptor: STDOUT_FILENO)

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes as much of `text` as the descriptor takes without waiting, and removes it; whole lines at a time where they fit.
    ///
    /// What a closed or broken descriptor refuses is removed too: there is nobody left to read it.
    package func write(_ text: inout [UInt8]) {
        var start = 0
        while start < text.count, isReady {
            let end = Self.end(of: text, from: start)
            // SAFETY: the kernel reads `end - start` octets of the array during the call.
            let count = unsafe text.withUnsafeBytes { octets in
                unsafe Glibc.write(descriptor, octets.baseAddress.map { unsafe $0 + start }, end - start)
            }
            guard count > 0 else {
                if errno == EINTR || errno == EAGAIN { break }
                start = text.count
                break
            }
            start += count
        }
        text.removeFirst(start)
    }

    private var isReady: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // SAFETY: the kernel reads and writes this one structure.
        return unsafe poll(&request, 1, 0) > 0
    }

    /// The end of the last whole line within one write, or of the write where a line is longer.
    private static func end(of text: [UInt8], from start: Int) -> Int {
        let limit = start + writeOctetCountMax
        guard limit < text.count else { return text.count }
        return text[start..<limit].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? limit
    }
}
