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
}
