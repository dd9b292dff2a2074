/// Columns of text as kubectl aligns them (cli-runtime, pkg/printers, `GetNewTabWriter`).
struct TextTable: Hashable {
    /// Spaces between a column's longest cell and the next column.
    private static let padding = 3
    /// The narrowest column, its padding included.
    private static let widthMin = 6

    var header: [String]
    /// Each as long as the header.
    var rows: [[String]] = []

    /// One line each, the last column without spaces behind it.
    var text: String {
        let lines = [header] + rows
        let widths = header.indices.map { column in
            max(Self.widthMin, (lines.map { $0[column].unicodeScalars.count }.max() ?? 0) + Self.padding)
        }
        return lines.map { line in
            let padded = zip(line, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
            }
            return padded.dropLast().joined() + (line.last ?? "") + "\n"
        }.joined()
    }
}

extension [String] {
    /// `a,b,c + 2 more...`: at most three (pkg/printers/internalversion, `listWithMoreString`).
    var shortList: String {
        let shown = prefix(3).joined(separator: ",")
        return count > 3 ? "\(shown) + \(count - 3) more..." : shown
    }
}
