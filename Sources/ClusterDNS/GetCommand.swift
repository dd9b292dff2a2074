import ArgumentParser
import ClusterModel
import Corefile

/// `clusterdns get TYPE [NAME…]`: objects of the registry as `kubectl get` shows them.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "List objects in kubectl's columns.",
        discussion: "Types: " + ResourceType.allCases.map { $0.words.joined(separator: "|") }.joined(separator: ", ")
            + ".")

    @OptionGroup var registry: RegistryOptions

    @Argument(help: ArgumentHelp("What to list; TYPE/NAME names one object.", valueName: "type"))
    var type: String

    @Argument(help: ArgumentHelp("Only the objects with these names.", valueName: "name"))
    var names: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace; default, or the context's.", valueName: "ns"))
    var namespace: String?

    @Flag(name: [.customShort("A"), .customLong("all-namespaces")], help: "List all namespaces.")
    var allNamespaces = false

    @Option(name: .shortAndLong, help: "wide, json, yaml or name in place of the table.")
    var output: ObjectFormat?

    @Flag(help: "Leave out the line of column names.")
    var noHeaders = false

    func run() async throws {
        try await reportingFailures {
            let request = try makeRequest()
            let loaded = try await registry.load { _ throws(CommandFailure) in
                try .listing(request.type, namespace: request.namespace)
            }
            let result = try request.answer(from: loaded.snapshot, now: WallClock.now)
            Console.write(result.text)
            if let remark = result.remark { Console.say(remark) }
        }
    }

    func makeRequest() throws(CommandFailure) -> GetRequest {
        let parts = type.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let resource = ResourceType(word: parts[0]) else {
            let words = ResourceType.allCases.map { $0.words[0] }
            let meant = NearestWord.nearest(to: parts[0], in: ResourceType.allCases.flatMap(\.words))
            throw CommandFailure(
                "\"\(parts[0])\" is no type that can be listed; "
                    + (meant.map { "did you mean \"\($0)\"?" } ?? "there are \(words.joined(separator: ", "))"))
        }
        let wanted = parts.dropFirst() + names
        if allNamespaces, resource.isNamespaced, !wanted.isEmpty {
            throw CommandFailure("a name means one object of one namespace; leave out -A, or the name")
        }
        return GetRequest(
            type: resource, names: Array(wanted),
            namespace: allNamespaces || !resource.isNamespaced ? nil : try registry.namespace(namespace),
            format: output, hasHeader: !noHeaders)
    }
}

/// What `get` was asked for.
struct GetRequest {
    var type: ResourceType
    /// Empty: all.
    var names: [String] = []
    /// nil: every namespace, or a type that lies in none.
    var namespace: String?
    /// nil: the table.
    var format: ObjectFormat?
    var hasHeader = true

    /// The text for stdout, and what is to be said on stderr; throws where a named object is not there.
    func answer(from snapshot: ClusterSnapshot, now: Int64) throws(CommandFailure) -> (text: String, remark: String?) {
        var listing = snapshot.listing(type, now: now)
        if let namespace { listing.objects.removeAll { $0.namespace != namespace } }
        if !names.isEmpty { listing.objects = try named(in: listing) }
        let isData = format == .json || format == .yaml
        guard isData || !listing.objects.isEmpty else {
            return ("", "No resources found" + (namespace.map { " in \($0) namespace." } ?? ""))
        }
        return (render(listing), nil)
    }

    /// In the order the names were given.
    private func named(in listing: ResourceListing) throws(CommandFailure) -> [ListedObject] {
        var found: [ListedObject] = []
        for name in names {
            let own = listing.objects.filter { $0.name == name }
            guard !own.isEmpty else {
                throw .notFound(
                    type.qualifiedName, name, inNamespace: namespace, others: listing.objects.map(\.name))
            }
            found += own
        }
        return found
    }

    private func render(_ listing: ResourceListing) -> String {
        switch format {
        case .json: return listing.document(isSingle: isSingle).json
        case .yaml: return listing.document(isSingle: isSingle).yaml
        case .name:
            let singular = type.qualifiedName.replacing(type.words[0], with: type.singular)
            return listing.objects.map { "\(singular)/\($0.name)\n" }.joined()
        case .wide, nil:
            let showsNamespaces = type.isNamespaced && namespace == nil
            let text = listing.table(isWide: format == .wide, showsNamespaces: showsNamespaces).text
            return hasHeader ? text : text.split(separator: "\n").dropFirst().map { $0 + "\n" }.joined()
        }
    }

    private var isSingle: Bool { names.count == 1 }
}
