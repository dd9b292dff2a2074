/// CoreDNS' and node-cache's command lines in the words of this one.
///
/// Go's flag package takes one dash or two, and `-flag=value` or `-flag value`; a boolean flag may have a value too.
enum CoreDNSArguments {
    private enum Kind {
        case value, boolean
        /// A boolean that is true where it is not given: set to false it is `--no-name`.
        case enabled
    }

    private typealias Flags = [String: (name: String, kind: Kind)]

    private static let flags: Flags = [
        "conf": ("conf", .value), "dns.port": ("dns.port", .value), "p": ("dns.port", .value),
        "pidfile": ("pidfile", .value), "quiet": ("quiet", .boolean), "version": ("version", .boolean),
        "plugins": ("plugins", .boolean), "share-port": ("share-port", .boolean),
        "user": ("user", .value), "unconfined": ("unconfined", .boolean),
    ]

    /// Beside CoreDNS' own, which node-cache has too.
    private static let nodeFlags: Flags = [
        "localip": ("localip", .value), "basecorefile": ("basecorefile", .value), "corefile": ("corefile", .value),
        "domain": ("domain", .value), "upstreamsvc": ("upstreamsvc", .value), "kubednscm": ("kubednscm", .value),
        "interfacename": ("interfacename", .value), "setupinterface": ("setupinterface", .enabled),
        "setupiptables": ("setupiptables", .enabled), "setupnftables": ("setupnftables", .enabled),
        "skipteardown": ("skipteardown", .boolean), "metrics-listen-address": ("metrics-listen-address", .value),
        "health-port": ("health-port", .value), "syncinterval": ("syncinterval", .value),
        "reloadwithsignal": ("reloadwithsignal", .boolean), "setupebtables": ("setupebtables", .boolean),
    ]

    /// Rewrites every flag of CoreDNS to `--name` or `--name=value`, up to `--`; all else stays as it is.
    ///
    /// A boolean flag set to false (`-quiet=false`) is left out; one with a value that Go would not take stays. Behind
    /// `node` the flags of node-cache are rewritten too, and node-cache's own command line gets the `node` it lacks.
    static func translate(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let isNodeCache = arguments.first?.hasPrefix("-") == true && arguments[..<end].contains(where: isLocalAddress)
        let isNode = isNodeCache || arguments.first == "node"
        let known = isNode ? flags.merging(nodeFlags) { $1 } : flags
        return (isNodeCache ? ["node"] : []) + arguments[..<end].flatMap { translate($0, known) } + arguments[end...]
    }

    /// The one flag that node-cache cannot do without, and CoreDNS does not have.
    private static func isLocalAddress(_ argument: String) -> Bool {
        ["-localip", "--localip"].contains { argument == $0 || argument.hasPrefix($0 + "=") }
    }

    private static func translate(_ argument: String, _ known: Flags) -> [String] {
        let word = argument.hasPrefix("--") ? argument.dropFirst(2) : argument.dropFirst(1)
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard argument.hasPrefix("-"), let first = parts.first, let flag = known[String(first)] else {
            return [argument]
        }
        guard parts.count == 2 else { return ["--\(flag.name)"] }
        switch (flag.kind, String(parts[1])) {
        case (.value, let value): return ["--\(flag.name)=\(value)"]
        case (_, "1"), (_, "t"), (_, "T"), (_, "true"), (_, "TRUE"), (_, "True"): return ["--\(flag.name)"]
        case (let kind, "0"), (let kind, "f"), (let kind, "F"), (let kind, "false"), (let kind, "FALSE"),
            (let kind, "False"):
            return kind == .enabled ? ["--no-\(flag.name)"] : []
        default: return [argument]
        }
    }
}
