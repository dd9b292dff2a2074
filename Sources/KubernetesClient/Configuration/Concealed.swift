/// A token, password or key: whatever prints it prints that it is concealed.
package struct Concealed<Value: Hashable & Sendable>: Hashable, Sendable {
    /// Goes into requests and handshakes, and nowhere else.
    package let value: Value

    package init(_ value: Value) { self.value = value }
}

extension Concealed: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(concealed)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
