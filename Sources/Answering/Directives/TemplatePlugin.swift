package import Corefile
package import DNSWire
import NetworkAddress
import Patterns

/// `template CLASS TYPE [ZONE…] { match REGEX…; answer RR; additional RR; authority RR; rcode CODE; … }`.
///
/// Answers queries of CLASS and TYPE (ANY: all) in ZONE, the block's zones by default, whose name a `match` matches, or all
/// where there is none. RR is a record with `{{ … }}` to fill in (`TemplateText`), tried when it is loaded. `rcode` NOERROR;
/// `ederror CODE [TEXT]` says why (RFC 8914). A name that no `match` matches is SERVFAIL, or the next directive's by
/// `fallthrough [ZONE…]`. A CNAME at the end of the answer is followed. Allocates where there are records to write.
package final class TemplatePlugin: Plugin {
    package static let directive = "template"

    package let counts: TemplateCounts
    private let type: RRType
    private let qclass: RRClass
    private let zones: [NameSuffix]
    private let zoneTexts: [String]
    private let patterns: [Pattern]
    private let answer: [RecordTemplate]
    private let authority: [RecordTemplate]
    private let additional: [RecordTemplate]
    private let rcode: RCODE
    private let extendedError: ExtendedError?
    private let fallthroughZones: FallthroughZones

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        let reader = try TemplateReader(directive, in: &scope)
        (type, qclass, patterns) = (reader.type, reader.qclass, reader.patterns)
        zones = reader.zones.map { NameSuffix($0) }
        zoneTexts = reader.zones.map(\.description)
        counts = TemplateCounts(zones: zoneTexts)
        (answer, authority, additional) = (reader.answer, reader.authority, reader.additional)
        (rcode, extendedError) = (reader.rcode, reader.extendedError)
        fallthroughZones = reader.fallthroughZones
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard qclass == .any || query.qclass == .any || qclass == query.qclass,
            type == .any || query.qtype == .any || type == query.qtype, let zone = zone(of: query.name)
        else { return .pass }
        let match = firstMatch(query.name)
        guard patterns.isEmpty || match != nil else {
            return fallthroughZones.covers(query.name) ? .pass : .answered(.servFail)
        }
        counts.countMatch(zone: zone, type: shownType(query.qtype))
        response.extendedError = extendedError
        response.flags |= Query.Flag.authoritative
        if rcode == .servFail || answer.isEmpty && authority.isEmpty && additional.isEmpty { return .answered(rcode) }
        return write(query, match, zone: zone, &response, turn)
    }

    /// Where `type` is ANY, those of the records that are made for the name; of a text with the type in it for each
    /// type that a name without a zone cut may have.
    package func appendTypes(at query: borrowing Query, to types: inout [UInt16], _ turn: borrowing Turn) {
        guard qclass == .any || qclass == .internet, let zone = zone(of: query.name), rcode != .servFail else { return }
        let match = firstMatch(query.name)
        guard patterns.isEmpty || match != nil else { return }
        guard type == .any else {
            if !answer.isEmpty { types.append(type.rawValue) }
            return
        }
        for template in answer {
            for asked in template.namesType ? Self.listedTypes : [query.qtype] {
                let values = values(query, match, zone: zone, type: asked, turn)
                guard let record = try? template.record(values), record.owner == query.name.name,
                    template.namesType ? record.type == asked : !Self.unlistedTypes.contains(record.type)
                else { continue }
                types.append(record.type.rawValue)
            }
        }
    }

    /// In an NSEC record these would say more than that the name has them (RFC 6840 §4.1, §4.3).
    private static let unlistedTypes: [RRType] = [.ns, .cname, .dname, .ds]
    private static let listedTypes: [RRType] =
        [1, 12, 13, 15, 16, 17, 18, 28, 29, 33, 35, 36, 37, 44, 45, 49, 52, 53, 55, 61, 64, 65, 99, 256, 257].map {
            RRType(rawValue: $0)
        }

    private func zone(of name: borrowing FoldedName) -> Int? {
        for index in zones.indices where zones[index].covers(name) { return index }
        return nil
    }

    private func firstMatch(_ name: borrowing FoldedName) -> (pattern: Int, match: PatternMatch)? {
        guard !patterns.isEmpty else { return nil }
        let text = name.presentation
        for index in patterns.indices {
            if let match = patterns[index].firstMatch(in: text) { return (index, match) }
        }
        return nil
    }

    /// What stands for the type of a query for ANY.
    private func shownType(_ asked: RRType) -> RRType { asked == .any ? type : asked }

    private func write(
        _ query: borrowing Query, _ match: (pattern: Int, match: PatternMatch)?, zone: Int,
        _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let values = values(query, match, zone: zone, type: query.qtype, turn)
        var message = DNSMessage()
        do throws(RecordFailure) {
            message.answer = try records(answer, .answer, values)
            message.authority = try records(authority, .authority, values)
            message.additional = try records(additional, .additional, values)
        } catch {
            counts.countFailure(
                error.section, error.template, isTemplate: error.isTemplate, zone: zone, type: shownType(query.qtype))
            response.extendedError = ExtendedError(ExtendedError.Code.other, "template makes no record of this name")
            return .answered(.servFail)
        }
        let asked = query.name.name
        let isAlias = message.answer.last?.type == .cname && query.qtype != .cname && query.qtype != .any
        if isAlias, rcode == .noError {
            guard let target = response.appendAlias(message.answer, asked: asked) else { return .answered(rcode) }
            return .alias(targetOffset: target)
        }
        response.append(message, asked: asked)
        return .answered(rcode)
    }

    private func values(
        _ query: borrowing Query, _ match: (pattern: Int, match: PatternMatch)?, zone: Int, type asked: RRType,
        _ turn: borrowing Turn
    ) -> TemplateValues {
        let name = query.name.presentation
        let shownClass = query.qclass == .any ? qclass : query.qclass
        return TemplateValues(
            name: name, questionName: name, zone: Array(zoneTexts[zone].utf8), type: shownType(asked).description,
            qclass: shownClass.description, typeNumber: asked.rawValue, classNumber: query.qclass.rawValue,
            messageID: query.id, remote: turn.client.address.description,
            groups: match.map { found in (0..<found.match.count).map { Array(found.match[$0]) } } ?? [name],
            groupNames: match.map { patterns[$0.pattern].groupNames } ?? [nil])
    }

    private struct RecordFailure: Error {
        var section: TemplateCounts.Section
        var template: String
        var isTemplate: Bool
    }

    private func records(
        _ templates: [RecordTemplate], _ section: TemplateCounts.Section, _ values: TemplateValues
    ) throws(RecordFailure) -> [DNSMessage.Record] {
        var records: [DNSMessage.Record] = []
        for template in templates {
            do throws(RecordTemplate.Failure) {
                records.append(try template.record(values))
            } catch {
                throw RecordFailure(section: section, template: template.text, isTemplate: error == .template)
            }
        }
        return records
    }
}
