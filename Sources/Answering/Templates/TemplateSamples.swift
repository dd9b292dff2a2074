import DNSWire
import Patterns

/// Queries to try a `template` with when it is loaded: one that works shows that it can.
enum TemplateSamples {
    /// For a group whose pattern says little of what it is for.
    private static let groupTexts = ["192.0.2.1", "2001:db8::1", "1", "a", "a.example."]
    private static let remotes = ["192.0.2.1", "2001:db8::1"]
    /// For a `template` of type ANY.
    private static let types: [RRType] = [.a, .aaaa, .cname, .txt, .ptr, .ns, .mx, .srv, .soa]

    /// Names that the patterns match, with the groups they have there; then the same with other texts for groups.
    static func values(_ patterns: [Pattern], zone: Name, type: RRType) -> [TemplateValues] {
        let plain = name(in: zone)
        var values: [TemplateValues] = []
        for remote in remotes {
            for type in type == .any ? types : [type] {
                let base = TemplateValues(
                    name: plain, questionName: plain, zone: Array(zone.description.utf8), type: type.description,
                    qclass: "IN", typeNumber: type.rawValue, classNumber: RRClass.internet.rawValue, messageID: 1,
                    remote: remote, groups: [plain], groupNames: [nil])
                values += patterns.isEmpty ? [base] : patterns.flatMap { filled(base, $0) }
            }
        }
        return values
    }

    private static func name(in zone: Name) -> [UInt8] {
        Array(((try? zone.prepending("a")) ?? zone).description.utf8)
    }

    private static func filled(_ base: TemplateValues, _ pattern: Pattern) -> [TemplateValues] {
        var values = base
        values.groupNames = pattern.groupNames
        var all: [TemplateValues] = []
        if let sample = pattern.sample {
            values.groups = (0..<sample.count).map { Array(sample[$0]) }
            let whole = String(decoding: sample[0], as: UTF8.self)
            if whole.hasSuffix("."), (try? Name(whole)) != nil { values.name = values.groups[0] }
            all.append(values)
        }
        values.name = base.name
        for text in groupTexts {
            values.groups = pattern.groupNames.map { _ in Array(text.utf8) }
            all.append(values)
        }
        return all
    }
}
