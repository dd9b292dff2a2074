import DNSWire

/// Why a text is no list of keys, and in which line.
package struct TSIGKeyFileError: Error, Hashable, Sendable {
    package var line: Int
    /// What follows "line N": a sentence without its end.
    package var reason: String
}

/// Keys as BIND writes them: `key "NAME" { algorithm hmac-sha256; secret "BASE64"; };`.
package struct TSIGKeyFile {
    private struct Word {
        var text: String
        var line: Int
    }

    private var words: ArraySlice<Word>

    /// The keys of a file; `algorithm` may be left out, and then any will do.
    package static func keys(in text: [UInt8]) throws(TSIGKeyFileError) -> [TSIGKey] {
        var file = TSIGKeyFile(words: try words(text)[...])
        var keys: [TSIGKey] = []
        while !file.words.isEmpty { keys.append(try file.key()) }
        return keys
    }

    private mutating func key() throws(TSIGKeyFileError) -> TSIGKey {
        try take("key")
        let word = try next("the key's name")
        guard let name = try? Name(word.text) else {
            throw TSIGKeyFileError(line: word.line, reason: "\"\(word.text)\" is no domain name")
        }
        try take("{")
        var key = TSIGKey(name: name, secret: [])
        var option = try next("\"secret\"")
        while option.text != "}" {
            let value = try next("a value")
            try take(";")
            try Self.set(option, value, &key)
            option = try next("\"}\"")
        }
        guard !key.secret.isEmpty else {
            throw TSIGKeyFileError(line: option.line, reason: "the key \(name) has no secret; write \"secret BASE64;\"")
        }
        if words.first?.text == ";" { words.removeFirst() }
        return key
    }

    private static func set(_ option: Word, _ value: Word, _ key: inout TSIGKey) throws(TSIGKeyFileError) {
        switch option.text {
        case "algorithm":
            guard let name = try? Name(value.text), let algorithm = TSIGAlgorithm(name) else {
                let known = TSIGAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
                throw TSIGKeyFileError(
                    line: value.line, reason: "\"\(value.text)\" is no algorithm that is taken; those are \(known)")
            }
            key.algorithm = algorithm
        case "secret":
            guard let secret = Base64.octets(value.text), !secret.isEmpty else {
                throw TSIGKeyFileError(line: value.line, reason: "the secret of \(key.name) is no base64")
            }
            key.secret = secret
        default:
            throw TSIGKeyFileError(
                line: option.line, reason: "\"\(option.text)\" is no part of a key; those are algorithm and secret")
        }
    }

    private mutating func take(_ text: String) throws(TSIGKeyFileError) {
        let word = try next("\"\(text)\"")
        guard word.text == text else {
            throw TSIGKeyFileError(line: word.line, reason: "expected \"\(text)\", found \"\(word.text)\"")
        }
    }

    private mutating func next(_ what: String) throws(TSIGKeyFileError) -> Word {
        guard let word = words.popFirst() else {
            throw TSIGKeyFileError(line: words.startIndex, reason: "the file ends where \(what) is expected")
        }
        return word
    }

    /// Words, quotes taken off, and each `{`, `}` and `;`; comments are `#`, `//` and `/* */`.
    private static func words(_ text: [UInt8]) throws(TSIGKeyFileError) -> [Word] {
        var words: [Word] = []
        var (at, line) = (0, 1)
        while at < text.count {
            let rest = text[at...]
            switch text[at] {
            case 0x0A:
                line += 1
                at += 1
            case 0x20, 0x09, 0x0D: at += 1
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"):
                words.append(Word(text: String(UnicodeScalar(text[at])), line: line))
                at += 1
            case _ where rest.starts(with: Array("#".utf8)) || rest.starts(with: Array("//".utf8)):
                at = rest.firstIndex(of: 0x0A) ?? text.count
            case _ where rest.starts(with: Array("/*".utf8)):
                var end = at + 2
                while end < text.count, !text[end...].starts(with: Array("*/".utf8)) { end += 1 }
                line += text[at..<min(end, text.count)].count { $0 == 0x0A }
                at = end + 2
            case UInt8(ascii: "\""):
                guard let end = text[(at + 1)...].firstIndex(of: UInt8(ascii: "\"")) else {
                    throw TSIGKeyFileError(line: line, reason: "a quote has no end")
                }
                words.append(Word(text: String(decoding: text[at + 1..<end], as: UTF8.self), line: line))
                at = end + 1
            default:
                let end = rest.firstIndex { $0 <= 0x20 || "{};\"".utf8.contains($0) } ?? text.count
                words.append(Word(text: String(decoding: text[at..<end], as: UTF8.self), line: line))
                at = end
            }
        }
        return words
    }
}
