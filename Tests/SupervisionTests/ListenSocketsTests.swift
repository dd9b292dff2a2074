import Glibc
import Testing

@testable import Supervision

/// Descriptors 3 and on are whatever the test process has open there; only the environment is the test's.
@Suite(.serialized) struct ListenSocketsTests {
    private func take(_ count: String?, _ names: String?, process: pid_t = getpid()) -> [ListenSocket] {
        unsafe setenv("LISTEN_PID", "\(process)", 1)
        if let count { unsafe setenv("LISTEN_FDS", count, 1) }
        if let names { unsafe setenv("LISTEN_FDNAMES", names, 1) }
        return ListenSockets.take()
    }

    /// sd_listen_fds(3): descriptors from 3 on, names separated by colons.
    @Test func descriptorsAndNames() throws {
        try #require(fcntl(3, F_GETFD) >= 0 && fcntl(4, F_GETFD) >= 0)
        #expect(
            take("2", "dns:dns-tcp")
                == [ListenSocket(descriptor: 3, name: "dns"), ListenSocket(descriptor: 4, name: "dns-tcp")])
        #expect(fcntl(3, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func theVariablesAreTakenOnce() throws {
        try #require(fcntl(3, F_GETFD) >= 0)
        #expect(take("1", nil) == [ListenSocket(descriptor: 3, name: "")])
        #expect(unsafe getenv("LISTEN_FDS") == nil)
        #expect(ListenSockets.take().isEmpty)
    }

    @Test func namesOfAnotherNumberAreNotBelieved() throws {
        try #require(fcntl(3, F_GETFD) >= 0)
        #expect(take("1", "a:b") == [ListenSocket(descriptor: 3, name: "")])
        #expect(unsafe getenv("LISTEN_FDNAMES") == nil)
    }

    @Test func descriptorsOfAnotherProcessAreNotTaken() {
        #expect(take("1", nil, process: 1).isEmpty)
        unsafe unsetenv("LISTEN_PID")
        unsafe unsetenv("LISTEN_FDS")
    }

    @Test(arguments: ["", "0", "-1", "two", "99999999999"]) func nonsenseIsNoSocket(_ count: String) {
        #expect(take(count, nil).isEmpty)
        unsafe unsetenv("LISTEN_PID")
        unsafe unsetenv("LISTEN_FDS")
    }
}

/// systemd.exec(5), JOURNAL_STREAM: device and inode in decimal, separated by a colon.
struct JournalStreamTests {
    @Test(arguments: [
        ("8:1234", true), ("8:1235", false), ("9:1234", false), ("8", false), ("8:1234:1", false), ("", false),
        (":", false), ("8:x", false),
    ])
    func names(_ text: String, _ want: Bool) {
        #expect(JournalStream.names(text, device: 8, inode: 1234) == want)
    }
}
