import Glibc

/// The two streams of a command: what was asked for goes to stdout, what is said beside it to stderr.
enum Console {
    /// Writes the text as it is; a reader that is gone is no error of ours.
    static func write(_ text: String) { put(text, to: STDOUT_FILENO) }

    static func say(_ line: String) { put(line + "\n", to: STDERR_FILENO) }

    private static func put(_ text: String, to file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // SAFETY: write reads at most as many octets as the slice has.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
