import CFuzzer
import Glibc

/// `Fuzz DOOR [libFuzzer's flags and directories]`: gives one door's code to libFuzzer.
///
/// Prints a line of JSON with what was done when it ends; a broken promise ends it as a crash does.
@main
enum FuzzMain {
    private static let doors: [any Door.Type] = [
        AnswererDoor.self, TCPDoor.self, UpstreamDoor.self, CorefileDoor.self, ManifestsDoor.self, WireDoor.self,
        ResolvConfDoor.self, HostsDoor.self, RecordsDoor.self, PatternsDoor.self, TemplatesDoor.self,
    ]

    static func main() throws {
        var arguments = CommandLine.arguments
        guard arguments.count > 1 else { return refuse() }
        let name = arguments.remove(at: 1)
        for door in doors where door.name == name {
            try FuzzRun.start(door)
            atexit(reportAtEnd)
            return run(arguments)
        }
        refuse()
    }

    private static func refuse() {
        for door in doors { print(door.name) }
        exit(2)
    }

    private static func run(_ arguments: [String]) {
        var texts: [UnsafeMutablePointer<CChar>?] = []
        // SAFETY: libFuzzer keeps the texts for as long as the process lives, so they are never freed.
        for argument in arguments { unsafe texts.append(unsafe strdup(argument)) }
        unsafe texts.append(nil)
        var count = CInt(arguments.count)
        unsafe texts.withUnsafeMutableBufferPointer { buffer in
            var base = unsafe buffer.baseAddress
            _ = unsafe LLVMFuzzerRunDriver(&count, &base, takeInput)
        }
    }
}

private func takeInput(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: octets, count: count)
    return unsafe FuzzRun.current.take(input.bytes)
}

private func reportAtEnd() { unsafe FuzzRun.current.report() }
