/// A place in a configuration file.
///
/// Lines and columns count from 1; a column is one Unicode scalar, a tab included.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, as compilers and editors write it.
    package var description: String { "\(file):\(line):\(column)" }
}
