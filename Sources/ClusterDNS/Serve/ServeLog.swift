import Foundation
import Logging
import Supervision
import Synchronization

/// Writes log lines as CoreDNS does, `[INFO] plugin/reload: …`, one write a line to standard output; with systemd's
/// priorities in front where standard output is the journal.
struct ServeLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    private static let lock = Mutex(())

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let pairs = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let suffix = pairs.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = Self.line(event.level, "\(event.message)\(suffix)", hasPriority: JournalStream.isStandardOutput)
        // A log that cannot be written must not stop the answers.
        Self.lock.withLock { _ in try? FileHandle.standardOutput.write(contentsOf: Data(line)) }
    }

    /// One line, whatever is in the message: what servers, files and programs say is quoted in some.
    static func line(_ level: Logger.Level, _ message: String, hasPriority: Bool) -> [UInt8] {
        let priority = hasPriority ? "<\(priority(level))>" : ""
        let words = message.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }
        return Array("\(priority)[\(word(level))] \(words.joined())\n".utf8)
    }

    private static func word(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }

    /// As in syslog(3): 2 critical to 7 debug.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
