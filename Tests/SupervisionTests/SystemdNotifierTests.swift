import Glibc
import Supervision
import Testing

/// A datagram socket in place of systemd's; the environment is the process's, so one test at a time.
@Suite(.serialized) struct SystemdNotifierTests {
    /// Runs `body` with NOTIFY_SOCKET set, and returns the datagrams that came.
    private func messages(_ body: (SystemdNotifier) -> Void) throws -> [String] {
        let path = "/tmp/clusterdns-notify-\(getpid())"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer {
            close(descriptor)
            unsafe unlink(path)
        }
        try #require(Self.bind(descriptor, path) == 0)
        unsafe setenv("NOTIFY_SOCKET", path, 1)
        defer { unsafe unsetenv("NOTIFY_SOCKET") }
        body(SystemdNotifier())
        return Self.receive(descriptor)
    }

    private static func bind(_ descriptor: Int32, _ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the path is shorter than the field, and the address outlives the call.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in unsafe field.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func receive(_ descriptor: Int32) -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // SAFETY: the kernel writes at most the buffer's length.
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return messages }
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    @Test func statesAndStatus() throws {
        let messages = try messages { notifier in
            notifier.notify(.ready, status: "answering on :53")
            notifier.notify(.stopping)
            notifier.notify(status: "two\nlines")
            notifier.pingWatchdog()
        }
        #expect(messages == ["READY=1\nSTATUS=answering on :53", "STOPPING=1", "STATUS=two lines", "WATCHDOG=1"])
    }

    /// sd_notify(3): RELOADING=1 goes with MONOTONIC_USEC, the time in microseconds.
    @Test func reloadCarriesItsTime() throws {
        let message = try #require(try messages { $0.notify(.reloading) }.first)
        let match = try #require(try message.wholeMatch(of: Regex("RELOADING=1\nMONOTONIC_USEC=([0-9]+)")))
        let microseconds = try #require(match.output[1].substring.flatMap { Int64($0) })
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        #expect((0...10).contains(Int64(now.tv_sec) - microseconds / 1_000_000))
    }

    @Test func watchdogIntervalIsHalfOfTheAllowed() {
        unsafe setenv("WATCHDOG_USEC", "10000000", 1)
        unsafe setenv("WATCHDOG_PID", String(getpid()), 1)
        #expect(SystemdNotifier().watchdogInterval == .seconds(5))
        unsafe setenv("WATCHDOG_PID", "1", 1)
        #expect(SystemdNotifier().watchdogInterval == nil)
        unsafe unsetenv("WATCHDOG_USEC")
        unsafe unsetenv("WATCHDOG_PID")
        #expect(SystemdNotifier().watchdogInterval == nil)
    }

    @Test func outsideSystemdNothingHappens() {
        unsafe unsetenv("NOTIFY_SOCKET")
        SystemdNotifier().notify(.ready)
        SystemdNotifier().pingWatchdog()
    }
}
