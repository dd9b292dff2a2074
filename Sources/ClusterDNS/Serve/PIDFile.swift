import Foundation

/// The file that names the process (CoreDNS' `-pidfile`).
enum PIDFile {
    static func write(_ path: String) throws(CommandFailure) {
        do {
            try "\(ProcessInfo.processInfo.processIdentifier)\n".write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure(
                "the PID file \(path) cannot be written (\(error.localizedDescription)); name another one")
        }
    }
}
