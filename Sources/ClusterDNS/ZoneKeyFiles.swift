import Answering
import DNSZone
import Glibc
import ZoneFiles

/// Key pairs of zones, as `dnssec-keygen` and `ldns-keygen` leave them in a directory.
enum ZoneKeyFiles {
    /// Pairs of a directory.
    private static let pairCountMax = 256

    /// Reads the pair that `path` names, with or without `.key` or `.private`; or all pairs of the directory `path`.
    ///
    /// Fails with a sentence that names the file, and the remedy.
    @Sendable static func read(_ path: String, isDirectory: Bool) -> Result<KeyFiles, RecordFault> {
        guard isDirectory else { return readPair(stem(of: path)) }
        guard let names = names(in: path) else {
            return .failure(RecordFault(reason: "is no directory that can be read"))
        }
        let stems = names.filter { $0.hasPrefix("K") && $0.hasSuffix(".private") }.map { stem(of: "\(path)/\($0)") }
        guard !stems.isEmpty, stems.count <= pairCountMax else {
            return .failure(
                RecordFault(
                    reason: "has \(stems.count) files \"K*.private\"; 1 to \(pairCountMax) of them are expected"))
        }
        var all = KeyFiles(keys: [], files: [])
        for stem in stems.sorted() {
            switch readPair(stem) {
            case .success(let pair):
                all.keys += pair.keys
                all.files += pair.files
            case .failure(let fault): return .failure(fault)
            }
        }
        return .success(all)
    }

    private static func stem(of path: String) -> String {
        for ending in [".key", ".private"] where path.hasSuffix(ending) { return String(path.dropLast(ending.count)) }
        return path
    }

    private static func readPair(_ stem: String) -> Result<KeyFiles, RecordFault> {
        let (publicFile, privateFile) = (stem + ".key", stem + ".private")
        if let problem = KeyFile.privateProblem(privateFile) {
            return .failure(RecordFault(reason: "cannot be used: \(problem)"))
        }
        var texts: [[UInt8]] = []
        for file in [publicFile, privateFile] {
            guard let text = try? DiskCorefileLoader().contents(of: file, limit: LDNSKey.octetCountMax + 1) else {
                return .failure(
                    RecordFault(reason: "cannot be used: \(file) cannot be read; make a pair with dnssec-keygen"))
            }
            texts.append(text)
        }
        do throws(LDNSKeyError) {
            let key = try LDNSKey.read(public: texts[0], private: texts[1])
            return .success(KeyFiles(keys: [key], files: [publicFile, privateFile]))
        } catch {
            let file = error.half == .publicKey ? publicFile : privateFile
            return .failure(RecordFault(reason: "cannot be used: \(file) \(error.reason)"))
        }
    }

    private static func names(in directory: String) -> [String]? {
        // SAFETY: the stream is closed below, and each name is copied before the next entry is read.
        guard let stream = unsafe opendir(directory) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}
