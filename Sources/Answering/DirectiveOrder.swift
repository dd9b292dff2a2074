import Corefile

/// Every directive there is, in the order of the chain: the place of a directive in a file means nothing.
package enum DirectiveOrder {
    enum Entry: Sendable {
        case setting(any Setting.Type)
        case plugin(any Plugin.Type)
        /// Will not be part of any version: the sentence says why, and what to do instead.
        case foreign(String, String)
        /// Concerns only the run time of another server: accepted with a warning, which says what happens instead.
        case ignored(String, String)

        var name: String {
            switch self {
            case .setting(let type): type.directive
            case .plugin(let type): type.directive
            case .foreign(let name, _), .ignored(let name, _): name
            }
        }
    }

    static let entries: [Entry] = [
        .setting(RootDirective.self), .setting(BindDirective.self), .setting(ReloadDirective.self),
        .setting(BufsizeDirective.self), .setting(HealthDirective.self), .setting(ReadyDirective.self),
        .setting(PrometheusDirective.self), .setting(NSIDDirective.self), .setting(TimeoutsDirective.self),
        .setting(MultisocketDirective.self), Foreign.pprof, Foreign.trace, Foreign.debug, Foreign.cancel,
        .setting(ErrorsDirective.self), .setting(LogDirective.self), Foreign.dnstap, .plugin(LocalPlugin.self),
        .plugin(DNS64Plugin.self), .plugin(AnyPlugin.self), .setting(ChaosDirective.self),
        .setting(LoadbalanceDirective.self), .plugin(TSIGPlugin.self), .plugin(RewritePlugin.self),
        .plugin(AutopathPlugin.self), .plugin(ACLPlugin.self), .setting(CacheDirective.self),
        .setting(HeaderDirective.self), .plugin(DNSSECPlugin.self), .setting(TLSDirective.self),
        .setting(MinimalDirective.self),
        .plugin(TemplatePlugin.self), .plugin(TransferPlugin.self), .plugin(HostsPlugin.self),
        .plugin(ExternalPlugin.self), .plugin(KubernetesPlugin.self), .plugin(FilePlugin.self),
        .plugin(AutoPlugin.self), .plugin(SecondaryPlugin.self),
        .plugin(LoopPlugin.self), .plugin(ForwardPlugin.self), Foreign.grpc, Foreign.sign, Foreign.whoami,
        Foreign.erratic, Foreign.view,
    ]

    /// The directives that are built in, in chain order: what `-plugins` prints.
    package static var available: [String] {
        entries.compactMap { entry in
            switch entry {
            case .setting, .plugin: entry.name
            case .foreign, .ignored: nil
            }
        }
    }

    /// Names that may stand in the `plugin` label of `dns_responses_total`; the first is for no plugin at all.
    package static let answeringPlugins: [String] =
        ["", CacheDirective.directive, ChaosDirective.directive]
        + entries.compactMap { if case .plugin(let type) = $0 { type.directive } else { nil } }

    static func entry(for name: Token) throws(CorefileError) -> (index: Int, entry: Entry) {
        guard let index = entries.firstIndex(where: { $0.name == name.text }) else {
            throw name.unknown("directive", known: entries.map(\.name))
        }
        return (index, entries[index])
    }
}
