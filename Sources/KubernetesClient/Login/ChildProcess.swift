import Foundation
import Synchronization

/// A program that is run for what it prints.
enum ChildProcess {
    enum Outcome: Hashable, Sendable {
        case notStarted
        case overdue
        /// `complaint`: the last words on standard error, on one line.
        case ended(status: Int32, output: [UInt8], complaint: String)
    }

    /// 1 MiB of output, and the last 512 octets of standard error.
    private static let outputMax = 1 << 20
    private static let complaintMax = 512

    /// Runs `command`, a path or a name in `PATH`, without standard input; kills it where `bound` is over.
    static func run(
        _ command: String, arguments: [String], environment: [String: String], bound: Duration
    ) async -> Outcome {
        guard let path = path(of: command, environment["PATH"] ?? "") else { return .notStarted }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let (output, complaint) = (PipeReader(keepsEnd: false, outputMax), PipeReader(keepsEnd: true, complaintMax))
        defer {
            output.stop()
            complaint.stop()
        }
        process.standardOutput = output.pipe
        process.standardError = complaint.pipe
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            end.yield(process.terminationStatus)
            end.finish()
        }
        guard (try? process.run()) != nil else { return .notStarted }
        let status = await bounded(by: bound) { await ended.first { _ in true } }
        guard let status = status.flatMap({ $0 }) else {
            kill(process.processIdentifier, SIGKILL)
            return .overdue
        }
        // A grandchild may hold the pipes open for ever: what came until the end has to do.
        await bounded(by: .seconds(3)) {
            await output.finished()
            await complaint.finished()
        }
        return .ended(status: status, output: output.octets, complaint: line(complaint.octets))
    }

    private static func path(of command: String, _ directories: String) -> String? {
        let paths = command.contains("/") ? [command] : directories.split(separator: ":").map { "\($0)/\(command)" }
        return paths.first(where: FileManager.default.isExecutableFile)
    }

    private static func line(_ octets: [UInt8]) -> String {
        String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
            .filter { !$0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
    }
}

/// Keeps a part of what a child writes into a pipe.
private final class PipeReader: Sendable {
    let pipe = Pipe()
    private let kept = Mutex<[UInt8]>([])
    private let closed: AsyncStream<Never>

    var octets: [UInt8] { kept.withLock { $0 } }

    /// Keeps `countMax` octets: the last ones, or the first.
    init(keepsEnd: Bool, _ countMax: Int) {
        let (closed, close) = AsyncStream.makeStream(of: Never.self)
        self.closed = closed
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return close.finish()
            }
            kept.withLock { kept in
                kept += data
                let surplus = kept.count - countMax
                if surplus > 0 { keepsEnd ? kept.removeFirst(surplus) : kept.removeLast(surplus) }
            }
        }
    }

    /// Returns when the child has closed its end.
    func finished() async { for await _ in closed {} }

    /// Ends the reading, and the cycle of references through the handler; a `Process` that did not start closes none.
    func stop() {
        pipe.fileHandleForReading.readabilityHandler = nil
        try? pipe.fileHandleForReading.close()
        try? pipe.fileHandleForWriting.close()
    }
}
