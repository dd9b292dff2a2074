package import Answering
import CLinux
import Glibc
import NetworkAddress

/// Finds the process that holds a port, for the sentence that says it is in use.
package enum PortHolder {
    /// `knotd (process 123)`; nil where /proc does not tell.
    package static func find(port: UInt16, _ transport: QueryTransport) -> String? {
        let tables = ["/proc/net/\(transport.label)", "/proc/net/\(transport.label)6"]
        let held = Set(tables.flatMap { inodes(in: $0, port: port) })
        guard !held.isEmpty else { return nil }
        for process in entries(of: "/proc") where process.allSatisfy(\.isNumber) {
            for descriptor in entries(of: "/proc/\(process)/fd") {
                guard let target = link("/proc/\(process)/fd/\(descriptor)"), target.hasPrefix("socket:[") else {
                    continue
                }
                if held.contains(String(target.dropFirst(8).dropLast())) {
                    return "\(name(of: process)) (process \(process))"
                }
            }
        }
        return nil
    }

    /// Throws where another socket has the port, without a sign of sharing it.
    package static func refuseTaken(_ listen: ListenAddress, _ transport: QueryTransport) throws(SocketError) {
        let octets = listen.address?.octets ?? []
        let type = transport == .udp ? SOCK_DGRAM : SOCK_STREAM
        // SAFETY: the C function reads as many octets as it is told.
        let error = unsafe clinux_port_is_free(Int32(type.rawValue), octets, octets.count, listen.port)
        if error == -EADDRINUSE { throw SocketError(listen: listen, transport: transport, errno: EADDRINUSE) }
    }

    /// Socket inodes bound to the port: column 2 is `address:port` in hexadecimal, column 10 the inode.
    private static func inodes(in table: String, port: UInt16) -> [String] {
        let digits = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return (SmallFile.read(table) ?? "").split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: " ")
            return columns.count > 9 && columns[1].hasSuffix(suffix) ? String(columns[9]) : nil
        }
    }

    private static func name(of process: String) -> String {
        SmallFile.read("/proc/\(process)/comm").map { String($0.prefix { $0 != "\n" }) } ?? "a program"
    }

    private static func entries(of directory: String) -> [String] {
        // SAFETY: entries are copied before the next call to readdir.
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { octets in
                unsafe String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = unsafe readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
