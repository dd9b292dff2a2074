/// What `-version`, the log and `coredns_build_info` say.
enum Version {
    static let text = "0.1.0"
    /// The commit, where the build names it (`CLUSTERDNS_REVISION`); else `unknown`.
    static let revision = "unknown"
    #if compiler(>=6.4)
        static let compiler = "swift6.4+"
    #elseif compiler(>=6.3)
        static let compiler = "swift6.3"
    #else
        static let compiler = "swift6.2"
    #endif

    #if arch(x86_64)
        private static let architecture = "amd64"
    #elseif arch(arm64)
        private static let architecture = "arm64"
    #else
        private static let architecture = "other"
    #endif

    /// Two lines, as CoreDNS prints them.
    static let banner = "clusterdns-\(text)\nlinux/\(architecture), \(compiler), \(revision)"
}
