/// The checks on a text before a YAML parser may see it.
enum ManifestText {
    /// The largest manifest that is read, in octets.
    static let sizeLimit = 64 << 20

    /// The text, or what is wrong with it: octets that are no UTF-8, control characters, aliases that multiply.
    static func check(_ octets: [UInt8], file: String) -> Result<String, Refusal> {
        if octets.count > sizeLimit { return .failure(Refusal(tooLarge(file, octets.count))) }
        if let place = firstControl(in: octets) {
            let what = octets[place] == 0 ? "a NUL octet" : "control character \(octets[place])"
            return .failure(refusal(octets, place, file, "\(what) stands here, and manifests are text; remove it"))
        }
        guard let text = String(validating: octets, as: UTF8.self) else {
            let place = validPrefix(of: octets)
            return .failure(refusal(octets, place, file, "this is not UTF-8; save the file in UTF-8 encoding"))
        }
        if let line = AliasBound.firstExcess(in: octets) {
            let message =
                "aliases (*name) could expand this document beyond \(AliasBound.limit >> 20) MiB; "
                + "write the repeated parts out"
            return .failure(Refusal(Finding(.error, file: file, line: line, message: message)))
        }
        return .success(text)
    }

    static func tooLarge(_ file: String, _ size: Int) -> Finding {
        Finding(
            .error, file: file,
            message: "the file has \(size) octets, more than the \(sizeLimit >> 20) MiB that are read; split it")
    }

    /// Why a text is not given to the parser.
    struct Refusal: Error, Hashable {
        var finding: Finding
        init(_ finding: Finding) { self.finding = finding }
    }

    private static func refusal(_ octets: [UInt8], _ place: Int, _ file: String, _ message: String) -> Refusal {
        let before = octets[..<place]
        let newline = UInt8(ascii: "\n")
        let line = before.count { $0 == newline } + 1
        let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        return Refusal(Finding(.error, file: file, line: line, column: place - start + 1, message: message))
    }

    /// The first octet below 0x20 that is not tab, line feed or carriage return, or DEL.
    private static func firstControl(in octets: [UInt8]) -> Int? {
        octets.firstIndex { $0 < 0x20 && $0 != 9 && $0 != 10 && $0 != 13 || $0 == 0x7F }
    }

    /// How many octets are well-formed UTF-8.
    private static func validPrefix(of octets: [UInt8]) -> Int {
        var (low, high) = (0, octets.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if isPrefixValid(octets[..<middle]) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Whether `octets` are well-formed but for a last character that may be cut.
    private static func isPrefixValid(_ octets: ArraySlice<UInt8>) -> Bool {
        (0...3).contains { cut in String(validating: octets.dropLast(cut), as: UTF8.self) != nil }
    }
}
