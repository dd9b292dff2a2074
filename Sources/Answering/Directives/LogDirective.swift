package import Corefile
import DNSWire

/// A line for each query, in the words of CoreDNS' `log`: text with `{placeholders}`.
package struct LogFormat: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case text(String)
        case field(Field)
    }

    package enum Field: String, Hashable, Sendable, CaseIterable {
        case type = "{type}"
        case name = "{name}"
        case `class` = "{class}"
        case proto = "{proto}"
        case remote = "{remote}"
        case local = "{local}"
        case size = "{size}"
        case port = "{port}"
        case duration = "{duration}"
        case rcode = "{rcode}"
        case rsize = "{rsize}"
        case rflags = "{>rflags}"
        case bufsize = "{>bufsize}"
        case dnssecOK = "{>do}"
        case id = "{>id}"
        case opcode = "{>opcode}"
    }

    package static let common =
        "{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} {>bufsize}\" {rcode} {>rflags} {rsize} {duration}"
    package static let combined = common + " \"{>opcode}\""

    package var parts: [Part]

    /// Splits a format; a placeholder it does not know is an error at `token`.
    package init(_ token: Token) throws(CorefileError) {
        var parts: [Part] = []
        let text = token.text.replacing("{common}", with: Self.common).replacing("{combined}", with: Self.combined)
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else { break }
            let placeholder = String(rest[open...close])
            guard let field = Field(rawValue: placeholder) else {
                throw token.refused(
                    "has the unknown placeholder \(Quoting.quoted(placeholder)); known are "
                        + Field.allCases.map(\.rawValue).joined(separator: " "))
            }
            parts.append(.field(field))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }
}

/// `log [NAME…] [FORMAT] [{ class all|success|denial|error… }]`: a line for each query to these names; `.`, `{common}`, all.
enum LogDirective: Setting {
    static let directive = "log"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        var arguments = directive.arguments
        var format = Token(text: "{common}", position: directive.name.position)
        if let last = arguments.last, last.text.contains("{") {
            format = last
            arguments.removeLast()
        }
        var zones: [NameSuffix] = []
        for zone in try arguments.zones(default: scope.zones) {
            zones.append(NameSuffix(try scope.name(zone, at: directive.name)))
        }
        var rule = LogRule(zones: zones, format: try LogFormat(format), classes: [])
        for option in directive.options {
            guard option.name.text == "class" else { throw option.unknownOption(of: directive, known: ["class"]) }
            try option.requireArgumentCount(1...)
            for argument in option.arguments {
                rule.classes.insert(.init(try argument.choice("class", of: LogRule.Class.self)))
            }
        }
        if rule.classes.isEmpty { rule.classes = .all }
        scope.settings.log.append(rule)
    }
}

extension BlockScope {
    /// A zone's text as a name; what is over the limits is refused at `token`.
    func name(_ zone: String, at token: Token) throws(CorefileError) -> Name {
        do { return try Name(zone) } catch {
            throw token.refused(
                "names the zone \"\(zone)\", which is no domain name: labels have 1-63 octets, names 255")
        }
    }
}
