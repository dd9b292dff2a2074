import Corefile
import DNSWire

/// `cache [TTL] [ZONE…] { … }`: keeps what `forward` of this block was answered.
///
///     success CAPACITY [TTL] [MINTTL]   [9984 3600 0]
///     denial CAPACITY [TTL] [MINTTL]    [9984 1800 0]
///     prefetch AMOUNT [DURATION] [PERCENTAGE%]   [off; 1m 10%]
///     serve_stale [DURATION] [immediate|verify [TIMEOUT]]   [off; 1h verify 1.8s] (RFC 8767)
///     servfail DURATION [5s, at most 5m] · disable success|denial [ZONE…] · keepttl
///
/// Answers of `kubernetes`, `hosts` and `template` are never kept: they are as fast without.
enum CacheDirective: Setting {
    static let directive = "cache"

    private static let known = ["success", "denial", "prefetch", "serve_stale", "servfail", "disable", "keepttl"]
    /// Entries; more would not fit a machine's memory.
    private static let capacityRange = 0...50_000_000

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        var settings = CacheSettings()
        var zones = directive.arguments[...]
        if let first = zones.first, !first.text.isEmpty, first.text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            let ttl = UInt32(try first.integer(in: 1...604_800))
            settings.success.maximumTTL = ttl
            settings.denial.maximumTTL = ttl
            zones = zones.dropFirst()
        }
        // The block's own zones need no comparison: every name that comes here lies in them.
        if !zones.isEmpty { settings.zones = try suffixes(zones, default: scope.zones, directive.name, scope) }
        for option in directive.options { try read(option, of: directive, scope, into: &settings) }
        scope.settings.cache = settings
    }

    private static func read(
        _ option: Directive, of directive: Directive, _ scope: BlockScope, into settings: inout CacheSettings
    ) throws(CorefileError) {
        switch option.name.text {
        case "success": try readLimits(option, into: &settings.success)
        case "denial": try readLimits(option, into: &settings.denial)
        case "prefetch": settings.prefetch = try prefetch(option)
        case "serve_stale": settings.stale = try stale(option)
        case "servfail": settings.failureDuration = try option.onlyArgument().duration(in: .zero...(.seconds(300)))
        case "keepttl":
            try option.rejectArguments()
            settings.keepsTTL = true
        case "disable": try disable(option, scope, into: &settings)
        default: throw option.unknownOption(of: directive, known: known)
        }
    }

    private static func readLimits(
        _ option: Directive, into limits: inout CacheSettings.Limits
    ) throws(CorefileError) {
        try option.requireArgumentCount(1...3)
        let arguments = option.arguments
        limits.capacity = try arguments[0].integer(in: capacityRange)
        if arguments.count > 1 { limits.maximumTTL = UInt32(try arguments[1].integer(in: 1...604_800)) }
        if arguments.count > 2 {
            limits.minimumTTL = UInt32(try arguments[2].integer(in: 0...Int(limits.maximumTTL)))
        }
    }

    private static func prefetch(_ option: Directive) throws(CorefileError) -> CacheSettings.Prefetch? {
        try option.requireArgumentCount(1...3)
        var prefetch = CacheSettings.Prefetch(amount: try option.arguments[0].integer(in: 0...1_000_000))
        for argument in option.arguments.dropFirst() {
            if argument.text.hasSuffix("%") {
                var number = argument
                number.text.removeLast()
                prefetch.percentage = try number.integer(in: 10...90)
            } else {
                prefetch.duration = try argument.duration(in: .seconds(1)...(.seconds(86_400)))
            }
        }
        return prefetch.amount == 0 ? nil : prefetch
    }

    private static func stale(_ option: Directive) throws(CorefileError) -> CacheSettings.Stale {
        try option.requireArgumentCount(0...3)
        var stale = CacheSettings.Stale(duration: .seconds(3600), mode: .verify(.milliseconds(1800)))
        var rest = option.arguments[...]
        if let first = rest.first, first.text != "immediate", first.text != "verify" {
            stale.duration = try first.duration(in: .seconds(1)...(.seconds(604_800)))
            rest = rest.dropFirst()
        }
        guard let mode = rest.first else { return stale }
        rest = rest.dropFirst()
        switch mode.text {
        case "immediate": stale.mode = .immediate
        case "verify":
            if let timeout = rest.first {
                stale.mode = .verify(try timeout.duration(in: .milliseconds(1)...(.seconds(5))))
                rest = rest.dropFirst()
            }
        default: throw mode.refused("is no way to serve stale answers; expected \"immediate\" or \"verify\"")
        }
        if let extra = rest.first { throw extra.refused("is one argument too many; remove it") }
        return stale
    }

    private static func disable(
        _ option: Directive, _ scope: BlockScope, into settings: inout CacheSettings
    ) throws(CorefileError) {
        try option.requireArgumentCount(1...)
        let zones = try suffixes(option.arguments.dropFirst(), default: scope.zones, option.name, scope)
        switch option.arguments[0].text {
        case "success": settings.successExceptions += zones
        case "denial": settings.denialExceptions += zones
        default: throw option.arguments[0].refused("is no kind of answer; expected \"success\" or \"denial\"")
        }
    }

    private static func suffixes(
        _ tokens: some Collection<Token>, default: [String], _ place: Token, _ scope: BlockScope
    ) throws(CorefileError) -> [NameSuffix] {
        var suffixes: [NameSuffix] = []
        for zone in try tokens.zones(default: `default`) {
            suffixes.append(NameSuffix(try scope.name(zone, at: place)))
        }
        return suffixes
    }
}
