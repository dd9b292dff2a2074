import Corefile
package import NetworkAddress

/// An argument of `bind`: an address, or the name of an interface whose addresses are meant.
package enum BindTarget: Hashable, Sendable {
    case address(IPAddress)
    case interface(String)

    func addresses(_ environment: ConfigurationEnvironment) -> [IPAddress] {
        switch self {
        case .address(let address): [address]
        case .interface(let name): environment.interfaces[name] ?? []
        }
    }
}

/// `bind ADDRESS|INTERFACE… { except ADDRESS|INTERFACE… }`: listen on these addresses instead of all.
enum BindDirective: Setting {
    static let directive = "bind"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(1...)
        scope.settings.bindPosition = scope.settings.bindPosition ?? directive.name.position
        for argument in directive.arguments { scope.settings.bind.append(try target(argument, scope.environment)) }
        for option in directive.options {
            guard option.name.text == "except" else { throw option.unknownOption(of: directive, known: ["except"]) }
            try option.requireArgumentCount(1...)
            for argument in option.arguments {
                scope.settings.bindExceptions.append(try target(argument, scope.environment))
            }
        }
    }

    private static func target(_ token: Token, _ environment: ConfigurationEnvironment) throws(CorefileError)
        -> BindTarget
    {
        if let address = IPAddress(token.text) { return .address(address) }
        guard environment.interfaces[token.text] != nil else {
            let known = environment.interfaces.keys.sorted().joined(separator: ", ")
            throw token.refused("is neither an address nor an interface of this machine; interfaces are \(known)")
        }
        return .interface(token.text)
    }
}
