import Corefile
import DNSWire
import Patterns

/// What a `template` directive says, each text tried.
struct TemplateReader {
    private static let options = [
        "match", "answer", "additional", "authority", "rcode", "ederror", "fallthrough",
    ]

    let type: RRType
    let qclass: RRClass
    /// The longest first.
    private(set) var zones: [Name] = []
    private(set) var patterns: [Pattern] = []
    private(set) var answer: [RecordTemplate] = []
    private(set) var authority: [RecordTemplate] = []
    private(set) var additional: [RecordTemplate] = []
    private(set) var rcode = RCODE.noError
    private(set) var extendedError: ExtendedError?
    private(set) var fallthroughZones = FallthroughZones.none

    init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(2...)
        qclass = try directive.arguments[0].recordClass()
        type = try directive.arguments[1].recordType()
        if qclass != .internet && qclass != .any {
            scope.warnings.append(
                directive.arguments[0].refused("is a class whose queries are refused; the template never answers"))
        }
        for zone in try directive.arguments.dropFirst(2).zones(default: scope.zones) {
            zones.append(try scope.name(zone, at: directive.name))
        }
        zones.sort { $0.labelCount > $1.labelCount }
        for option in directive.options where option.name.text == "match" {
            try option.requireArgumentCount(1...)
            for argument in option.arguments { patterns.append(try argument.pattern()) }
        }
        for option in directive.options { try read(option, of: directive, scope) }
    }

    private mutating func read(
        _ option: Directive, of directive: Directive, _ scope: BlockScope
    ) throws(CorefileError) {
        switch option.name.text {
        case "match": break
        case "answer": answer += try records(option, scope)
        case "authority": authority += try records(option, scope)
        case "additional": additional += try records(option, scope)
        case "rcode": rcode = try option.onlyArgument().rcode()
        case "ederror": try readExtendedError(option)
        case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
        case "upstream": break  // of no effect in CoreDNS since 2019
        case "var", "expr":
            throw option.refused("needs an expression language, which is not part of this version; use \"match\"")
        default: throw option.unknownOption(of: directive, known: Self.options)
        }
    }

    private func records(_ option: Directive, _ scope: BlockScope) throws(CorefileError) -> [RecordTemplate] {
        try option.requireArgumentCount(1...)
        let samples = zones.prefix(1).flatMap { TemplateSamples.values(patterns, zone: $0, type: type) }
        var records: [RecordTemplate] = []
        for argument in option.arguments {
            records.append(
                try RecordTemplate(
                    argument, samples: samples, groups: TemplateGroups(patterns), scope.environment.readRecord))
        }
        return records
    }

    private mutating func readExtendedError(_ option: Directive) throws(CorefileError) {
        try option.requireArgumentCount(1...2)
        let code = try option.arguments[0].integer(in: 0...65_535)
        let reason = option.arguments.count > 1 ? option.arguments[1].text : ""
        extendedError = ExtendedError(UInt16(code), reason)
    }
}
