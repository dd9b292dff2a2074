import DNSWire
import DNSZone

/// Reads a master file and those it includes into a zone.
struct MasterReader {
    /// What an included file starts with, and what its end brings back (RFC 1035 §5.1).
    private struct Context {
        var file: String
        var origin: [UInt8]
        var owner: [UInt8]?
        /// Memory of an earlier owner, for the next.
        var spare: [UInt8] = []
    }

    /// For records without a TTL, where neither `$TTL` nor a record before says one: what CoreDNS' library has.
    private static let ttlForWantOfOthers: UInt32 = 3600

    private let apex: Name
    private let path: String
    private var directory: IncludeDirectory?
    private var builder: ZoneBuilder
    private var rdata = MasterRDATA()
    private var defaultTTL: UInt32?
    private var lastTTL: UInt32?
    /// The files being read, each included by the one before.
    private var stack: [String] = []
    private var octetCount = 0
    private var outcome = ZoneFile.Outcome()
    /// Lines count on from one file to the next, so that each has a number of its own: where in that count a file begins.
    private var parts: [(first: Int, file: String, line: Int)] = []
    private var lineCount = 0

    init(path: String, apex: Name) {
        self.path = path
        self.apex = apex
        builder = ZoneBuilder(apex: apex)
    }

    mutating func read() -> ZoneFile.Outcome {
        directory = IncludeDirectory(of: path)
        do throws(EntryFault) {
            let text = try load(path)
            try read(text, file: path, origin: apex.wire)
        } catch {
            add(error, file: path, line: 0)
        }
        return finish()
    }

    mutating func read(text: [UInt8]) -> ZoneFile.Outcome {
        do throws(EntryFault) { try read(text, file: path, origin: apex.wire) } catch {
            add(error, file: path, line: 0)
        }
        return finish()
    }

    private mutating func finish() -> ZoneFile.Outcome {
        let builder = builder
        self.builder = ZoneBuilder(apex: apex)
        let result = builder.finishChecked()
        outcome.zone = outcome.errors.isEmpty ? result.zone : nil
        let isWhole = outcome.errors.isEmpty
        // What is missing may be what could not be read.
        for error in result.errors.prefix(ZoneFile.findingCountMax) where isWhole || error.line > 0 {
            outcome.errors.append(finding(error))
        }

        outcome.warnings += result.warnings.map { finding($0) }
        if result.otherWarningCount > 0 {
            outcome.warnings.append(
                ZoneFile.Finding(file: path, line: 0, message: "\(result.otherWarningCount) warnings more"))
        }
        return outcome
    }

    private mutating func load(_ file: String) throws(EntryFault) -> [UInt8] {
        let text = try ZoneFileOctets.read(file, limit: ZoneFile.octetCountMax - octetCount)
        octetCount += text.count
        var hasher = Hasher()
        hasher.combine(outcome.digest)
        // SAFETY: the octets are read before the closure returns.
        unsafe text.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        outcome.digest = hasher.finalize()
        outcome.files.append(file)
        return text
    }

    /// Reads one file; what is wrong with an entry is noted, and the next one read.
    private mutating func read(_ octets: [UInt8], file: String, origin: [UInt8]) throws(EntryFault) {
        guard !octets.isEmpty else { throw EntryFault("the file is empty; a zone begins with an SOA record") }
        stack.append(file)
        defer { stack.removeLast() }
        var context = Context(file: file, origin: origin)
        var lexer = MasterLexer()
        begin(file, atLine: 1)
        let text = octets.span
        while outcome.errors.count < ZoneFile.findingCountMax {
            do throws(EntryFault) {
                guard try lexer.next(text) else { break }
                try take(lexer, text, &context)
            } catch {
                add(error, file: file, line: lexer.line)
            }
        }
    }

    private mutating func take(_ lexer: MasterLexer, _ text: Span<UInt8>, _ context: inout Context) throws(EntryFault) {
        let first = lexer.tokens[0]
        if !lexer.beginsBlank, !first.isQuoted, text[first.range.lowerBound] == UInt8(ascii: "$") {
            return try direct(lexer, text, &context)
        }
        var place = 0
        if !lexer.beginsBlank {
            place = 1
            context.spare.removeAll(keepingCapacity: true)
            try MasterText.appendName(text, first, origin: context.origin, to: &context.spare)
            let last = context.owner
            context.owner = context.spare
            context.spare = last ?? []
        }
        guard context.owner != nil else { throw EntryFault("the first record has no owner name; write one") }
        try takeRecord(lexer.tokens, from: place, text, context, line: lexer.line)
    }

    private mutating func takeRecord(
        _ tokens: [MasterLexer.Token], from first: Int, _ text: Span<UInt8>, _ context: Context, line: Int
    ) throws(EntryFault) {
        var (place, ttl) = (first, UInt32?.none)
        while place < tokens.count {
            if MasterText.isWord(text, tokens[place], "IN") {
                place += 1
            } else if ttl == nil, let seconds = MasterText.ttl(text, tokens[place]) {
                ttl = seconds
                place += 1
            } else {
                break
            }
        }
        guard place < tokens.count else { throw EntryFault("the record has no type; add it") }
        let type = try self.type(text, tokens[place])
        try rdata.read(type, text, tokens[(place + 1)...], origin: context.origin)
        let seconds = ttl ?? defaultTTL ?? lastTTL ?? (type == .soa ? minimum : Self.ttlForWantOfOthers)
        if ttl != nil || type == .soa { lastTTL = seconds }
        guard let owner = context.owner else { return }
        let (number, octets) = (number(line), rdata.octets)
        do throws(ZoneError) {
            try builder.append(
                owner: owner.rawSpan, type: type, ttl: seconds, rdata: octets.rawSpan, line: number)
        } catch {
            throw EntryFault(error.description)
        }
    }

    /// The last field of the SOA just read.
    private var minimum: UInt32 { rdata.octets.suffix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    private func type(_ text: Span<UInt8>, _ token: MasterLexer.Token) throws(EntryFault) -> RRType {
        if MasterText.isWord(text, token, "A") { return .a }
        if MasterText.isWord(text, token, "AAAA") { return .aaaa }
        if MasterText.isWord(text, token, "CNAME") { return .cname }
        if MasterText.isWord(text, token, "NS") { return .ns }
        if MasterText.isWord(text, token, "PTR") { return .ptr }
        if MasterText.isWord(text, token, "TXT") { return .txt }
        let word = MasterText.string(text, token)
        if ["CH", "HS", "ANY", "NONE"].contains(word.uppercased()) || word.uppercased().hasPrefix("CLASS") {
            throw EntryFault("class \(word) is not served here; a zone is of class IN")
        }
        guard let type = RRType(mnemonic: word) ?? LDNSHandles.type(word) else {
            throw EntryFault("\"\(word)\" is no record type; where it is one, write TYPE and its number")
        }
        // OPT, and what is only asked for (RFC 6895 §3.1).
        guard type != .opt, type.rawValue != 0, !(128...255).contains(type.rawValue) else {
            throw EntryFault("\(type) records are in no zone; take it out")
        }
        return type
    }
}

/// Directives (RFC 1035 §5.1, RFC 2308 §4).
extension MasterReader {
    private mutating func direct(
        _ lexer: MasterLexer, _ text: Span<UInt8>, _ context: inout Context
    ) throws(EntryFault) {
        let tokens = lexer.tokens
        if MasterText.isWord(text, tokens[0], "$ORIGIN") {
            guard tokens.count == 2 else { throw EntryFault("$ORIGIN needs one name") }
            var name: [UInt8] = []
            try MasterText.appendName(text, tokens[1], origin: context.origin, to: &name)
            context.origin = name
        } else if MasterText.isWord(text, tokens[0], "$TTL") {
            guard tokens.count == 2, let seconds = MasterText.ttl(text, tokens[1]), seconds <= 0x7FFF_FFFF else {
                throw EntryFault("$TTL needs one number of seconds, up to 2147483647")
            }
            defaultTTL = seconds
        } else if MasterText.isWord(text, tokens[0], "$INCLUDE") {
            guard (2...3).contains(tokens.count) else {
                throw EntryFault("$INCLUDE needs a file, and may name an origin")
            }
            var origin = context.origin
            if tokens.count == 3 {
                var name: [UInt8] = []
                try MasterText.appendName(text, tokens[2], origin: context.origin, to: &name)
                origin = name
            }
            try include(MasterText.string(text, tokens[1]), origin)
            begin(context.file, atLine: lexer.line + 1)
        } else {
            let word = MasterText.string(text, tokens[0])
            let remedy = MasterText.isWord(text, tokens[0], "$GENERATE") ? "write its records out" : "take it out"
            throw EntryFault("\(word) is not known here; \(remedy)")
        }
    }

    private mutating func include(_ name: String, _ origin: [UInt8]) throws(EntryFault) {
        guard let directory else { throw EntryFault("$INCLUDE is not possible here") }
        let file = try directory.path(of: name)
        guard !stack.contains(file), stack.first.map({ directory.real($0) }) != file else {
            throw EntryFault("$INCLUDE of \(name) includes itself; take it out")
        }
        guard stack.count < ZoneFile.includeDepthMax, outcome.files.count < ZoneFile.includeCountMax else {
            throw EntryFault("$INCLUDE of \(name) is one too many; join the files")
        }
        let text = try load(file)
        try read(text, file: file, origin: origin)
    }
}

/// Places.
extension MasterReader {
    /// From here on lines are those of `file`.
    private mutating func begin(_ file: String, atLine line: Int) {
        parts.append((lineCount + 1, file, line))
    }

    private mutating func number(_ line: Int) -> Int {
        guard let part = parts.last else { return line }
        let number = part.first + line - part.line
        lineCount = max(lineCount, number)
        return number
    }

    private func finding(_ error: ZoneError) -> ZoneFile.Finding {
        guard error.line > 0, let part = parts.last(where: { $0.first <= error.line }) else {
            return ZoneFile.Finding(file: path, line: 0, message: error.description)
        }
        return ZoneFile.Finding(
            file: part.file, line: error.line - part.first + part.line, message: error.description)
    }

    private mutating func add(_ fault: EntryFault, file: String, line: Int) {
        outcome.errors.append(ZoneFile.Finding(file: file, line: line, message: fault.message))
    }
}
