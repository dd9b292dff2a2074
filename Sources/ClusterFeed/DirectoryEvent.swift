import Glibc

/// One inotify event (inotify(7)).
struct DirectoryEvent: Hashable {
    var watch: Int32
    var mask: UInt32
    /// The name in the watched directory; empty for an event of the directory itself.
    var name: String

    static let overflow = UInt32(IN_Q_OVERFLOW)
    /// The watch is gone, by our wish or with its directory.
    static let ignored = UInt32(IN_IGNORED)
    static let isDirectory = UInt32(IN_ISDIR)
    static let created = UInt32(IN_CREATE)
    static let ofItself = UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)

    /// What can change the meaning of a directory of manifests.
    ///
    /// Writes count when the writer closes the file.
    static let interest = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB
            | IN_ONLYDIR | IN_EXCL_UNLINK | IN_MASK_ADD)

    func has(_ bits: UInt32) -> Bool { mask & bits != 0 }

    /// The events in what one read gave: each is 16 octets in host order and a NUL-padded name.
    static func parse(_ octets: [UInt8]) -> [DirectoryEvent] {
        var events: [DirectoryEvent] = []
        var at = 0
        while at + 16 <= octets.count {
            let length = Int(word(octets, at + 12))
            guard length <= octets.count - at - 16 else { break }
            let name = octets[(at + 16)..<(at + 16 + length)].prefix { $0 != 0 }
            events.append(
                DirectoryEvent(
                    watch: Int32(bitPattern: word(octets, at)), mask: word(octets, at + 4),
                    name: String(decoding: name, as: UTF8.self)))
            at += 16 + length
        }
        return events
    }

    private static func word(_ octets: [UInt8], _ at: Int) -> UInt32 {
        let value = (0..<4).reduce(0) { $0 | UInt32(octets[at + $1]) << (8 * UInt32($1)) }
        return UInt32(littleEndian: 1) == 1 ? value : value.byteSwapped
    }
}
