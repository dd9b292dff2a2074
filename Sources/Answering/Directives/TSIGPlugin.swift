package import Corefile
package import DNSWire
import TSIG

/// `tsig [ZONE…] { secret NAME KEY; secrets FILE; require [QTYPE…|all|none]; require_opcode [OPCODE…|all|none] }`: the keys
/// that queries may be signed with (RFC 8945), and which must be.
///
///     secret NAME KEY           a key in base64, for HMAC-SHA256, -SHA384 and -SHA512
///     secrets FILE              keys as BIND writes them, one of these algorithms for each; nobody else may read the file
///     require QTYPE…            these types are refused without a signature [none]
///     require_opcode OPCODE…    the same for messages other than queries [none]
///
/// A key is known to the whole server, whichever block has it, and every signed query is verified and its response signed.
/// ZONE is where `require` counts, the block's zones unless given.
package final class TSIGPlugin: Plugin {
    package static let directive = "tsig"

    private static let known = ["secret", "secrets", "require", "require_opcode"]
    /// IANA "DNS OpCodes".
    private static let opcodes: [String: UInt8] = [
        "QUERY": 0, "IQUERY": 1, "STATUS": 2, "NOTIFY": 4, "UPDATE": 5,
    ]

    private let zones: FallthroughZones
    /// nil: all.
    private let types: Set<RRType>?
    /// nil: all.
    private let opcodes: Set<UInt8>?

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var names: [Name] = []
        for zone in try directive.arguments.zones(default: scope.zones) {
            names.append(try scope.name(zone, at: directive.name))
        }
        zones = FallthroughZones(names: names)
        var types: Set<RRType>? = []
        var opcodes: Set<UInt8>? = []
        for option in directive.options {
            try option.rejectOptions()
            switch option.name.text {
            case "secret": try scope.insert(try Self.key(option), at: option.name)
            case "secrets": try Self.readSecrets(option, &scope)
            case "require": types = try Self.set(option, "type") { RRType(mnemonic: $0) }
            case "require_opcode": opcodes = try Self.set(option, "opcode") { Self.opcodes[$0.uppercased()] }
            default: throw option.unknownOption(of: directive, known: Self.known)
            }
        }
        (self.types, self.opcodes) = (types, opcodes)
    }

    private static func key(_ option: Directive) throws(CorefileError) -> TSIGKey {
        try option.requireArgumentCount(2)
        guard let name = try? Name(option.arguments[0].text) else {
            throw option.arguments[0].refused("is no name of a key; expected a domain name")
        }
        guard let secret = Base64.octets(option.arguments[1].text), !secret.isEmpty else {
            throw option.name.refused("of \(name) is no base64; make one with \"tsig-keygen\"")
        }
        return TSIGKey(name: name, secret: secret)
    }

    private static func readSecrets(_ option: Directive, _ scope: inout BlockScope) throws(CorefileError) {
        let file = scope.path(try option.onlyArgument().text)
        let text: [UInt8]
        switch scope.environment.readSecret(file) {
        case .success(let octets): text = octets
        case .failure(let fault): throw option.refused("cannot be used: \(fault.reason)")
        }
        let keys: [TSIGKey]
        do { keys = try TSIGKeyFile.keys(in: text) } catch {
            throw option.refused("cannot be used: \(file):\(error.line): \(error.reason)")
        }
        scope.settings.secretFiles.append(file)
        if keys.isEmpty { scope.warnings.append(option.refused("names \(file), which has no keys")) }
        for key in keys { try scope.insert(key, at: option.name) }
    }

    /// nil for `all`, empty for `none`.
    private static func set<Value: Hashable>(
        _ option: Directive, _ what: String, _ value: (String) -> Value?
    ) throws(CorefileError) -> Set<Value>? {
        try option.requireArgumentCount(1...)
        if option.arguments.count == 1 {
            if option.arguments[0].text == "all" { return nil }
            if option.arguments[0].text == "none" { return [] }
        }
        var values: Set<Value> = []
        for word in option.arguments {
            guard let one = value(word.text) else {
                throw word.refused("is no \(what); expected some, or \"all\" or \"none\" alone")
            }
            values.insert(one)
        }
        return values
    }

    /// Whether a message of this opcode about a name, which is no query, has to be signed.
    func requiresSignature(opcode: UInt8, _ name: borrowing FoldedName) -> Bool {
        zones.covers(name) && opcodes?.contains(opcode) ?? true
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.signatureOffset == 0, requiresSignature(query.qtype), zones.covers(query.name) else { return .pass }
        return .answered(.refused)
    }

    private func requiresSignature(_ type: RRType) -> Bool {
        guard let types, let opcodes else { return true }
        return !types.isEmpty && types.contains(type) || !opcodes.isEmpty && opcodes.contains(0)
    }
}

extension BlockScope {
    fileprivate mutating func insert(_ key: TSIGKey, at place: Token) throws(CorefileError) {
        guard keyring.insert(key) else {
            throw place.refused("gives the key \(key.name) another secret than before; keep one of them")
        }
    }
}
