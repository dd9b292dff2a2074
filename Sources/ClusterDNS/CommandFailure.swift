import Corefile

/// Why a command gives no answer, with the remedy; it is said on stderr, and the command exits with 1.
struct CommandFailure: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension CommandFailure {
    /// An object that is not there, in kubectl's words, and what may have been meant.
    ///
    /// `resource` is the plural with its group (`services`, `deployments.apps`); `others` are the names that are there.
    static func notFound(
        _ resource: String, _ name: String, inNamespace namespace: String?, others: some Sequence<String>
    ) -> CommandFailure {
        let place = namespace.map { " in namespace \"\($0)\"" } ?? ""
        let remedy =
            switch NearestWord.nearest(to: name, in: others.sorted()) {
            case .some(let near): "did you mean \"\(near)\"?"
            case nil: namespace == nil ? "leave the name out to see what is there" : "choose another namespace with -n"
            }
        return CommandFailure("Error from server (NotFound): \(resource) \"\(name)\" not found\(place); \(remedy)")
    }
}
