package import DNSWire

/// A secret that two servers share, and the name they know it by.
package struct TSIGKey: Hashable, Sendable {
    package var name: Name
    /// nil: whichever the other side takes.
    package var algorithm: TSIGAlgorithm?
    package var secret: [UInt8]

    package init(name: Name, algorithm: TSIGAlgorithm? = nil, secret: [UInt8]) {
        self.name = name
        self.algorithm = algorithm
        self.secret = secret
    }
}

/// The keys of a server, each under its name.
package struct TSIGKeyring: Hashable, Sendable {
    package private(set) var keys: [Name: TSIGKey] = [:]

    package init() {}

    package subscript(name: Name) -> TSIGKey? { keys[name] }

    package var isEmpty: Bool { keys.isEmpty }

    /// False where another key has the name.
    package mutating func insert(_ key: TSIGKey) -> Bool {
        if let other = keys[key.name] { return other == key }
        keys[key.name] = key
        return true
    }
}
