/// Something in the registry that an operator should know; the registry goes on without it.
package struct RegistryFinding: Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Hashable, Sendable {
        case addressClaimedTwice, addressMoved, addressOutsideRange, addressRangeExhausted, addressFamilyMissing
        case variableCollision, serviceWithoutPorts, serviceCreatedLater, variableNameUnusual, variableTooLarge
        case environmentTooLarge, limitUnknown, valueNotPrintable
    }

    package var reason: Reason
    package var object: ObjectKey
    /// Where a manifest defines the object; nil for an object from an API server.
    package var source: SourceLocation?
    /// One sentence: what was found, what is done about it, and the remedy.
    package var message: String

    package init(reason: Reason, object: ObjectKey, source: SourceLocation? = nil, message: String) {
        self.reason = reason
        self.object = object
        self.source = source
        self.message = message
    }

    package var description: String { source.map { "\($0): \(message)" } ?? message }
}
