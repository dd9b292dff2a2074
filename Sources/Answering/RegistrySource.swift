package import NetworkAddress

/// Where the objects of a registry come from; equal sources are read once.
package enum RegistrySource: Hashable, Sendable {
    case manifests(ManifestSource)
    case api(APISource)

    /// The registry file; nil keeps everything in memory only.
    package var stateFile: String? {
        switch self {
        case .manifests(let source): source.stateFile
        case .api(let source): source.stateFile
        }
    }

    /// nil where the objects do not come from manifests.
    package var manifests: ManifestSource? {
        if case .manifests(let source) = self { return source }
        return nil
    }

    /// nil where the objects do not come from the Kubernetes API.
    package var api: APISource? {
        if case .api(let source) = self { return source }
        return nil
    }

    /// The place in a sentence: a directory, a kubeconfig file, the URL of a server.
    package var place: String {
        switch self {
        case .manifests(let source): source.directory
        case .api(let source): source.connection.place
        }
    }

    /// Whether two different registries would write one file, each over what the other wrote.
    func sharesFile(with other: RegistrySource) -> Bool {
        stateFile != nil && stateFile == other.stateFile && merged(with: other) == nil
    }

    /// One source that gives what both need; nil where they read different registries.
    func merged(with other: RegistrySource) -> RegistrySource? {
        if self == other { return self }
        guard case .api(var source) = self, case .api(let otherSource) = other else { return nil }
        source.needs.formUnion(otherSource.needs)
        var same = otherSource
        same.needs = source.needs
        return source == same ? .api(source) : nil
    }
}

/// Objects from a directory of Kubernetes manifests.
package struct ManifestSource: Hashable, Sendable {
    /// Absolute or relative to the working directory.
    package var directory: String
    /// Where Services without an address get one from.
    package var serviceRanges: [AddressPrefix]
    /// The registry file; nil keeps given addresses in memory only.
    package var stateFile: String?

    /// `service_cidr` where none is written: 10.0.0.0/16.
    package static let defaultRanges = [AddressPrefix(base: IPAddress(ipv4: 10 << 24), length: 16)].compactMap(\.self)

    package init(
        directory: String, serviceRanges: [AddressPrefix] = ManifestSource.defaultRanges, stateFile: String? = nil
    ) {
        self.directory = directory
        self.serviceRanges = serviceRanges
        self.stateFile = stateFile
    }
}

/// Objects from the Kubernetes API, by list and watch.
package struct APISource: Hashable, Sendable {
    /// How to find the server and to log in.
    package enum Connection: Hashable, Sendable {
        /// As a Pod does: service account files, and the address in the environment.
        case inCluster
        /// `context` nil: the file's current context.
        case kubeconfig(file: String, context: String?)
        case endpoint(url: String, tls: TLSFiles?)

        package var place: String {
            switch self {
            case .inCluster: "the cluster's Kubernetes API"
            case .kubeconfig(let file, let context): context.map { "\(file) (context \($0))" } ?? file
            case .endpoint(let url, _): url
            }
        }
    }

    /// PEM files of the `tls` option.
    package struct TLSFiles: Hashable, Sendable {
        package var certificate: String
        package var key: String
        package var authority: String

        package init(certificate: String, key: String, authority: String) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
        }
    }

    /// Resources and fields that not every zone uses; Services and Namespaces are always watched.
    package struct Needs: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let endpointSlices = Needs(rawValue: 1)
        package static let pods = Needs(rawValue: 2)
        package static let serviceImports = Needs(rawValue: 4)
        /// What Services are reached at from outside the cluster.
        package static let outsideAddresses = Needs(rawValue: 16)
        /// The names of the Pods behind endpoints.
        package static let endpointPodNames = Needs(rawValue: 8)
    }

    /// What the client may ask of the server; nil is the client's own default.
    package struct RequestLimits: Hashable, Sendable {
        /// Requests a second.
        package var rate: Double?
        /// Requests that may be sent at once above the rate.
        package var burst: Int?
        package var inFlight: Int?

        package init(rate: Double? = nil, burst: Int? = nil, inFlight: Int? = nil) {
            self.rate = rate
            self.burst = burst
            self.inFlight = inFlight
        }
    }

    package var connection: Connection
    /// A label selector for Services, EndpointSlices and Pods, as written; empty selects all.
    package var objectSelector: String
    /// A label selector for Namespaces, as written; empty selects all.
    package var namespaceSelector: String
    package var needs: Needs
    package var limits: RequestLimits
    /// The registry file; nil: a restart has to list everything again.
    package var stateFile: String?

    package init(
        connection: Connection, objectSelector: String = "", namespaceSelector: String = "",
        needs: Needs = .endpointSlices, limits: RequestLimits = RequestLimits(), stateFile: String? = nil
    ) {
        self.connection = connection
        self.objectSelector = objectSelector
        self.namespaceSelector = namespaceSelector
        self.needs = needs
        self.limits = limits
        self.stateFile = stateFile
    }
}
