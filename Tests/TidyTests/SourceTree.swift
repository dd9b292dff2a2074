import Glibc

/// One Swift file of the package.
struct SourceFile: Sendable {
    /// From the package's folder on: `Sources/DNSWire/Name.swift`.
    var path: String
    var text: String

    var target: String { String(path.split(separator: "/")[1]) }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines without `//` comments and without what stands in double quotes.
    var code: [String] { lines.map { Self.code(of: String($0)) } }

    private static func code(of line: String) -> String {
        var code = ""
        var isQuoted = false
        var previous: Character = " "
        for character in line {
            if character == "\"" && previous != "\\" { isQuoted.toggle() }
            if !isQuoted && character == "/" && previous == "/" { return String(code.dropLast()) }
            if !isQuoted && character != "\"" { code.append(character) }
            previous = character
        }
        return code
    }
}

/// The files this test is about, found from its own place in the tree.
enum SourceTree {
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    static func files(under folder: String) -> [SourceFile] {
        entries(of: root + "/" + folder).flatMap { name -> [SourceFile] in
            let path = folder + "/" + name
            if name.hasSuffix(".swift") { return [SourceFile(path: path, text: contents(of: root + "/" + path))] }
            return name.contains(".") ? [] : files(under: path)
        }
    }

    /// What the file at `path`, from the package's folder on, holds; empty where there is none.
    static func text(of path: String) -> String { contents(of: root + "/" + path) }

    private static func entries(of folder: String) -> [String] {
        // SAFETY: the directory is closed before this returns, and each name is copied while its entry lives.
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func contents(of path: String) -> String {
        // SAFETY: the file is closed before this returns; the buffer is an array of this function.
        guard let file = unsafe fopen(path, "r") else { return "" }
        defer { unsafe fclose(file) }
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe fread(&buffer, 1, buffer.count, file), count > 0 { octets += buffer[..<count] }
        return String(decoding: octets, as: UTF8.self)
    }
}
