/// CoreDNS' command line in the words of this one.
///
/// Go's flag package takes one dash or two, and `-flag=value` or `-flag value`; a boolean flag may have a value too.
enum CoreDNSArguments {
    private enum Kind { case value, boolean }

    private static let flags: [String: (name: String, kind: Kind)] = [
        "conf": ("conf", .value), "dns.port": ("dns.port", .value), "p": ("dns.port", .value),
        "pidfile": ("pidfile", .value), "quiet": ("quiet", .boolean), "version": ("version", .boolean),
        "plugins": ("plugins", .boolean), "share-port": ("share-port", .boolean),
    ]

    /// Rewrites every flag of CoreDNS to `--name` or `--name=value`, up to `--`; all else stays as it is.
    ///
    /// A boolean flag set to false (`-quiet=false`) is left out; one with a value that Go would not take stays.
    static func translate(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap(translate) + arguments[end...]
    }

    private static func translate(_ argument: String) -> [String] {
        let word = argument.hasPrefix("--") ? argument.dropFirst(2) : argument.dropFirst(1)
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard argument.hasPrefix("-"), let first = parts.first, let flag = flags[String(first)] else {
            return [argument]
        }
        guard parts.count == 2 else { return ["--\(flag.name)"] }
        switch (flag.kind, String(parts[1])) {
        case (.value, let value): return ["--\(flag.name)=\(value)"]
        case (.boolean, "1"), (.boolean, "t"), (.boolean, "T"), (.boolean, "true"), (.boolean, "TRUE"),
            (.boolean, "True"):
            return ["--\(flag.name)"]
        case (.boolean, "0"), (.boolean, "f"), (.boolean, "F"), (.boolean, "false"), (.boolean, "FALSE"),
            (.boolean, "False"):
            return []
        case (.boolean, _): return [argument]
        }
    }
}
