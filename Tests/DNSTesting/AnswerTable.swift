import Answering
package import DNSWire

/// Questions and the answers they must get, as text: `TYPE name -> summary`, one to a line.
package struct AnswerTable: Sendable {
    package struct Row: Sendable {
        package var name: String
        package var type: RRType
        package var want: String
    }

    package struct Unreadable: Error { var line: String }

    package let rows: [Row]

    package init(_ text: String) throws {
        rows = try text.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }.map { line in
            let parts = line.split(separator: " -> ", maxSplits: 1).map { $0.split(separator: " ") }
            guard parts.count == 2, parts[0].count == 2, let type = RRType(mnemonic: String(parts[0][0])) else {
                throw Unreadable(line: String(line))
            }
            return Row(name: String(parts[0][1]), type: type, want: parts[1].joined(separator: " "))
        }
    }

    /// The rows that `server` answers otherwise, each with what it said; empty when all is well.
    package func differences(_ server: TestServer) -> [String] {
        rows.compactMap { row in
            // Over UDP an answer to ANY is no longer than three queries.
            let transport: QueryTransport = row.type == .any ? .tcp : .udp
            let outcome = Result { try server.ask(row.name, row.type, over: transport).summary }
            let found =
                switch outcome {
                case .success(let summary): summary
                case .failure(let error): "\(error)"
                }
            return found == row.want ? nil : "\(row.type) \(row.name) -> \(found), not \(row.want)"
        }
    }
}
