import CFuzzer
import Glibc

/// One door under way: counts, times, and looks at memory.
struct FuzzRun {
    /// The one of this process; libFuzzer's callback has no other way to it.
    nonisolated(unsafe) static var current = FuzzRun()
    /// CPU time that one input may take, the sanitizer's share included.
    private static let hangNanoseconds: UInt64 = 100_000_000
    /// What a run that takes nothing new any more may add to the heap.
    private static let heapOctetCountMax = 10 << 20

    private var door: (any Door)?
    private var name = ""
    /// The run from which on libFuzzer takes nothing new into its corpus, whose memory would be counted as ours.
    private var closing = UInt64.max
    private var count: UInt64 = 0
    private var slowest: UInt64 = 0
    private var hangCount = 0
    private var slowestInput: [UInt8] = []
    private var startHeap = 0
    private var startRSS = 0
    private let started = Self.nanoseconds(CLOCK_MONOTONIC)
    private var hasBroken = false

    /// Opens a door; `FUZZ_CLOSE` in the environment is how many runs may add to the corpus.
    static func start(_ door: any Door.Type) throws {
        unsafe current.name = door.name
        unsafe current.door = try door.init()
        // SAFETY: the text is read before anything changes the environment.
        if let text = unsafe getenv("FUZZ_CLOSE"), let closing = UInt64(unsafe String(cString: text)) {
            unsafe current.closing = closing
        }
    }

    /// 0, or -1 for an input that libFuzzer is to forget.
    mutating func take(_ input: RawSpan) -> CInt {
        if count == closing { (startHeap, startRSS) = (fuzzer_heap_octets(), Self.residentOctetCount()) }
        count += 1
        let begin = Self.nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
        do throws(Broken) {
            try door?.take(input)
        } catch {
            hasBroken = true
            Self.complain("\(name): \(error.reason)")
            abort()
        }
        let time = Self.nanoseconds(CLOCK_PROCESS_CPUTIME_ID) &- begin
        if time > slowest { (slowest, slowestInput) = (time, input.array) }
        if time > Self.hangNanoseconds { hangCount += 1 }
        return count > closing ? -1 : 0
    }

    /// A line of JSON on standard output; the slowest input goes to the file that `FUZZ_SLOWEST` names.
    func report() {
        let seconds = Double(Self.nanoseconds(CLOCK_MONOTONIC) &- started) / 1e9
        let isMeasured = count > closing
        let heap = isMeasured ? fuzzer_heap_octets() - startHeap : 0
        let resident = isMeasured ? Self.residentOctetCount() - startRSS : 0
        if let path = unsafe getenv("FUZZ_SLOWEST"), let file = unsafe fopen(path, "w") {
            // SAFETY: the array outlives the call, and the file is closed here.
            unsafe fwrite(slowestInput, 1, slowestInput.count, file)
            unsafe fclose(file)
        }
        print(
            """
            {"door":"\(name)","runs":\(count),"seconds":\(Int(seconds * 10) / 10),\
            "per_second":\(Int(Double(count) / max(seconds, 0.001))),"slowest_us":\(slowest / 1000),"hangs":\(hangCount),\
            "heap_growth_octets":\(heap),"rss_growth_octets":\(resident),"broken":\(hasBroken)}
            """)
        if hangCount > 0 || heap > Self.heapOctetCountMax || resident > Self.heapOctetCountMax { fflush(nil); _exit(3) }
    }

    static func complain(_ text: String) {
        let line = Array("fuzz: \(text)\n".utf8)
        // SAFETY: the array outlives the call.
        _ = unsafe write(STDERR_FILENO, line, line.count)
    }

    static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Resident memory that is not of files (RssAnon); 0 where the kernel does not say.
    private static func residentOctetCount() -> Int {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        // SAFETY: the buffer has the size that is told.
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let words = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split { $0 == 0x20 || $0 == 0x09 }
            if let first = words.first, first.elementsEqual("RssAnon:".utf8), words.count > 1 {
                return (Int(String(decoding: words[1], as: UTF8.self)) ?? 0) << 10
            }
        }
        return 0
    }
}
