import Logging
import Testing

@testable import ClusterDNS

struct ServeLogTests {
    /// Robustness fact 11: nothing that is quoted in a message ends its line, or moves a terminal's cursor.
    @Test func everyMessageIsOneLine() {
        for octet in UInt8.min...UInt8.max {
            let message = "a\(UnicodeScalar(octet))[ERROR] b\r\n"
            let line = ServeLogHandler.line(.info, message, hasPriority: true)
            #expect(line.filter { $0 == 0x0A }.count == 1 && line.last == 0x0A, "\(octet)")
            #expect(!line.dropLast().contains { $0 < 0x20 || $0 == 0x7F }, "\(octet)")
        }
        let line = ServeLogHandler.line(.error, "zwei \u{85}Zeilen\u{9B}", hasPriority: false)
        #expect(line == Array("[ERROR] zwei  Zeilen \n".utf8))
    }
}
