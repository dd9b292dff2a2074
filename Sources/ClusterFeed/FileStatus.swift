import Glibc

/// What identifies one state of a file: any write, rename or replacement gives another value.
package struct FileSignature: Hashable, Sendable {
    var device: UInt
    var inode: UInt
    var size: Int
    var modifiedSeconds: Int
    var modifiedNanoseconds: Int
    var changedSeconds: Int
    var changedNanoseconds: Int
}

/// A file's status as far as the scan needs it.
struct FileStatus: Hashable {
    enum FileType { case regular, directory, symbolicLink, other }

    var type: FileType
    var signature: FileSignature
    /// More than 1 for a file with several names.
    var linkCount: Int

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: type = .regular
        case S_IFDIR: type = .directory
        case S_IFLNK: type = .symbolicLink
        default: type = .other
        }
        linkCount = Int(status.st_nlink)
        signature = FileSignature(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
            modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec,
            changedSeconds: status.st_ctim.tv_sec, changedNanoseconds: status.st_ctim.tv_nsec)
    }
}

/// A name in a directory; `type` is nil where the file system does not tell it.
struct DirectoryEntry: Hashable {
    var name: String
    var type: FileStatus.FileType?
}

extension FileStatus {
    /// The meaning of `d_type` (readdir(3)).
    static func type(direntType: UInt8) -> FileType? {
        switch Int(direntType) {
        case DT_REG: .regular
        case DT_DIR: .directory
        case DT_LNK: .symbolicLink
        case DT_UNKNOWN: nil
        default: .other
        }
    }
}
