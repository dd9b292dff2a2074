/// Two keys with the same scheme, zone and port: only one of their server blocks could answer.
package struct DuplicateKey: Hashable, Sendable {
    package var first: ServerBlockKey
    /// Where `first` stands in ``Corefile/serverBlocks``.
    package var firstBlock: Int
    package var second: ServerBlockKey
    package var secondBlock: Int

    /// Names both places; placed at the second.
    package var error: CorefileError {
        CorefileError(
            at: second.position,
            "\(second) is already answered by the server block at \(first.position); remove one, or bind them to different addresses"
        )
    }
}

extension Corefile {
    /// Returns each key that repeats an earlier one, with the first such key, in the order of the file.
    ///
    /// Blocks bound to different addresses may share a key: `collide` says of two blocks whether theirs meet.
    package func duplicateKeys(where collide: (ServerBlock, ServerBlock) -> Bool = { _, _ in true }) -> [DuplicateKey] {
        struct Identity: Hashable { var scheme: Scheme, zone: String, port: UInt16 }
        var seen: [Identity: [(block: Int, key: ServerBlockKey)]] = [:]
        var duplicates: [DuplicateKey] = []
        for (block, serverBlock) in serverBlocks.enumerated() {
            for key in serverBlock.keys {
                let identity = Identity(scheme: key.scheme, zone: key.zone, port: key.port)
                let earlier = seen[identity]?.first {
                    $0.block == block || collide(serverBlocks[$0.block], serverBlock)
                }
                if let earlier {
                    duplicates.append(
                        DuplicateKey(first: earlier.key, firstBlock: earlier.block, second: key, secondBlock: block))
                } else {
                    seen[identity, default: []].append((block, key))
                }
            }
        }
        return duplicates
    }
}
