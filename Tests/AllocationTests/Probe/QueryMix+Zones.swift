import DNSTesting
import DNSWire

/// A zone from a master file behind what kubeadm installs.
extension QueryMix {
    /// What is asked of the zone: one kind alone, or all that it can say.
    var zoneQueries: [[UInt8]] {
        (0..<200).map { index -> QueryOctets in
            switch self {
            case .staticName: QueryOctets("host-\(index).rack-\(index % 10).example.org", .a)
            case .staticWildcard: QueryOctets("any-\(index).apps-\(index % 10).example.org", .a)
            case .staticReferral: QueryOctets("www.team-\(index).example.org", .a)
            default: Self.zoneQuery(index)
            }
        }.map(\.octets)
    }

    private static func zoneQuery(_ index: Int) -> QueryOctets {
        let names: [(String, RRType)] = [
            ("host-\(index).rack-\(index % 10)", .a), ("HOST-\(index).Rack-\(index % 10)", .aaaa),
            ("any-\(index).apps-\(index % 10)", .a), ("www.team-\(index)", .a), ("team-\(index)", .ds),
            ("none-\(index).rack-\(index % 10)", .a), ("www-\(index % 20)", .a), ("host-\(index).old", .a),
            ("host-\(index).rack-\(index % 10)", .any), ("mail", .mx), ("rack-\(index % 10)", .a),
        ]
        let (name, type) = names[index % names.count]
        return QueryOctets("\(name).example.org", type, edns: index % 2 == 0 ? .init(dnssecOK: true) : nil)
    }

    static let zoneCorefile = clusterCorefile.replacing(
        "    prometheus :9153", with: "    file db.example.org example.org\n    prometheus :9153")

    /// By the path that the Corefile gives them: the hosts of ten racks, ten wildcards, 200 zone cuts with glue, aliases, a DNAME.
    static let zoneFiles: [String: String] = {
        var text = """
            $ORIGIN example.org.
            $TTL 300
            @ SOA ns1 hostmaster 1 7200 900 1209600 300
            @ NS ns1
            ns1 A 192.0.2.1
            mail MX 10 host-0.rack-0
            old DNAME rack-0

            """
        for index in 0..<200 {
            text += "host-\(index).rack-\(index % 10) A 10.0.\(index).1\n"
            text += "team-\(index) NS ns1.team-\(index)\nns1.team-\(index) A 10.1.\(index).1\n"
        }
        for index in 0..<10 { text += "*.apps-\(index) A 10.2.\(index).1\n" }
        for index in 0..<20 { text += "www-\(index) CNAME host-\(index).rack-\(index % 10)\n" }
        return ["etc/db.example.org": text]
    }()
}
