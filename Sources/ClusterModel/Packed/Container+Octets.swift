private struct ContainerFlags: OptionSet {
    let rawValue: UInt8
    static let isInit = ContainerFlags(rawValue: 1)
    static let isRestartable = ContainerFlags(rawValue: 2)
    static let known: ContainerFlags = [.isInit, .isRestartable]
}

private struct SourceFlags: OptionSet {
    let rawValue: UInt8
    static let isSecret = SourceFlags(rawValue: 1)
    static let isOptional = SourceFlags(rawValue: 2)
    static let known: SourceFlags = [.isSecret, .isOptional]
}

/// The first octet of an environment entry's value.
private enum EntryForm {
    static let literal: UInt8 = 0
    static let configMapKey: UInt8 = 1
    static let optionalConfigMapKey: UInt8 = 2
    static let secretKey: UInt8 = 3
    static let optionalSecretKey: UInt8 = 4
    static let field: UInt8 = 5
    static let resource: UInt8 = 6
}

extension OctetWriter {
    mutating func container(_ container: Container) {
        var flags: ContainerFlags = []
        if container.isInit { flags.insert(.isInit) }
        if container.isRestartable { flags.insert(.isRestartable) }
        octet(flags.rawValue)
        text(container.name)
        list(container.ports) { $0.containerPort($1) }
        list(container.environment) { $0.entry($1) }
        list(container.environmentSources) { $0.source($1) }
        textMap(container.limits)
        textMap(container.requests)
    }

    private mutating func entry(_ entry: EnvironmentEntry) {
        let (form, parts): (UInt8, [String]) =
            switch entry.value {
            case .literal(let text): (EntryForm.literal, [text])
            case .configMapKey(let name, let key, let isOptional):
                (isOptional ? EntryForm.optionalConfigMapKey : EntryForm.configMapKey, [name, key])
            case .secretKey(let name, let key, let isOptional):
                (isOptional ? EntryForm.optionalSecretKey : EntryForm.secretKey, [name, key])
            case .field(let path): (EntryForm.field, [path])
            case .resource(let container, let resource, let divisor):
                (EntryForm.resource, [container, resource, divisor])
            }
        octet(form)
        text(entry.name)
        for part in parts { text(part) }
    }

    private mutating func source(_ source: EnvironmentSource) {
        var flags: SourceFlags = []
        if source.kind == .secret { flags.insert(.isSecret) }
        if source.optional { flags.insert(.isOptional) }
        octet(flags.rawValue)
        text(source.name)
        text(source.prefix)
    }
}

extension OctetReader {
    mutating func container() throws(ObjectCodingError) -> Container {
        let flags = try options(ContainerFlags.known)
        var container = Container(
            name: try text(), isInit: flags.contains(.isInit), isRestartable: flags.contains(.isRestartable))
        container.ports = try list { (reader) throws(ObjectCodingError) in try reader.containerPort() }
        container.environment = try list { (reader) throws(ObjectCodingError) in try reader.entry() }
        container.environmentSources = try list { (reader) throws(ObjectCodingError) in try reader.source() }
        container.limits = try textMap()
        container.requests = try textMap()
        return container
    }

    private mutating func entry() throws(ObjectCodingError) -> EnvironmentEntry {
        let form = try octet()
        return EnvironmentEntry(name: try text(), value: try value(form))
    }

    private mutating func value(_ form: UInt8) throws(ObjectCodingError) -> EnvironmentEntry.Value {
        switch form {
        case EntryForm.literal: .literal(try text())
        case EntryForm.configMapKey, EntryForm.optionalConfigMapKey:
            .configMapKey(name: try text(), key: try text(), optional: form == EntryForm.optionalConfigMapKey)
        case EntryForm.secretKey, EntryForm.optionalSecretKey:
            .secretKey(name: try text(), key: try text(), optional: form == EntryForm.optionalSecretKey)
        case EntryForm.field: .field(path: try text())
        case EntryForm.resource: .resource(containerName: try text(), resource: try text(), divisor: try text())
        default: throw error(.badValue)
        }
    }

    private mutating func source() throws(ObjectCodingError) -> EnvironmentSource {
        let flags = try options(SourceFlags.known)
        return EnvironmentSource(
            kind: flags.contains(.isSecret) ? .secret : .configMap, name: try text(), prefix: try text(),
            optional: flags.contains(.isOptional))
    }
}
