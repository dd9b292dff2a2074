import Corefile
import DNSWire
import Patterns

/// The text of one record of a `template`: a record that is known, or what makes one for each query.
struct RecordTemplate: Sendable {
    enum Failure: Error { case template, record }

    private enum Form: Sendable {
        case record(DNSMessage.Record)
        case text(TemplateText)
    }

    /// As the Corefile has it, for the metrics.
    let text: String
    private let form: Form
    private let read: ConfigurationEnvironment.RecordReader

    /// Tries the text with each of `samples`; throws where none makes a record, with what the first one made.
    ///
    /// `groups` are the numbers and names that the patterns of the directive give.
    init(
        _ token: Token, samples: [TemplateValues], groups: TemplateGroups,
        _ read: @escaping ConfigurationEnvironment.RecordReader
    ) throws(CorefileError) {
        let template: TemplateText
        do throws(TemplateError) {
            template = try TemplateText(token.text)
        } catch {
            throw token.refused("is no template: \(error)")
        }
        for group in template.groups { try groups.require(group, at: token) }
        text = token.text
        self.read = read
        var first: (text: String, reason: String)?
        for sample in samples {
            let trial = Self.trial(template, sample, read)
            switch trial.result {
            case .success(let record):
                form = template.isConstant ? .record(record) : .text(template)
                return
            case .failure(let fault): first = first ?? (trial.text, fault.reason)
            }
        }
        throw token.refused(
            "makes no record; of \(first?.text.debugDescription ?? "it") is said: \(first?.reason ?? "nothing")")
    }

    private static func trial(
        _ template: TemplateText, _ values: TemplateValues, _ read: ConfigurationEnvironment.RecordReader
    ) -> (text: String, result: Result<DNSMessage.Record, RecordFault>) {
        guard let octets = try? template.filled(values) else {
            return (
                String(decoding: values.name, as: UTF8.self),
                .failure(RecordFault(reason: "parseInt is given no number"))
            )
        }
        let text = String(decoding: octets, as: UTF8.self)
        return (text, read(text).flatMap { record($0) })
    }

    private static func record(_ wire: [UInt8]) -> Result<DNSMessage.Record, RecordFault> {
        var at = 0
        guard let record = try? DNSMessage.Record(reading: wire.rawSpan, at: &at), at == wire.count else {
            return .failure(RecordFault(reason: "its data does not fit its type"))
        }
        return .success(record)
    }

    /// Whether the record depends on the type that is asked for.
    var namesType: Bool { if case .text(let template) = form { template.namesType } else { false } }

    /// The record for a query; throws where what is made is none.
    func record(_ values: TemplateValues) throws(Failure) -> DNSMessage.Record {
        switch form {
        case .record(let record): return record
        case .text(let template):
            guard let octets = try? template.filled(values) else { throw .template }
            guard case .success(let wire) = read(String(decoding: octets, as: UTF8.self)),
                case .success(let record) = Self.record(wire)
            else { throw .record }
            return record
        }
    }
}

/// The groups that the patterns of a `template` have.
struct TemplateGroups: Sendable {
    private let names: Set<String>
    private let count: Int

    init(_ patterns: [Pattern]) {
        names = Set(patterns.flatMap(\.groupNames).compactMap(\.self))
        count = patterns.map(\.groupCount).max() ?? 0
    }

    fileprivate func require(_ group: TemplateText.GroupKey, at token: Token) throws(CorefileError) {
        switch group {
        case .index(let index) where index > count:
            throw token.refused("asks for group \(index), and no \"match\" has more than \(count)")
        case .name(let name) where !names.contains(name):
            throw token.refused("asks for a group \"\(name)\", which no \"match\" has; name one (?P<\(name)>…)")
        default: break
        }
    }
}
