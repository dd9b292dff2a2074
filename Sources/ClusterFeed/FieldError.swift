import Yams

/// Why one object of a manifest is skipped: the field, its place, and a sentence that ends in the remedy.
struct FieldError: Error, Hashable {
    var line: Int?
    var column: Int?
    var message: String

    init(_ value: ManifestValue, _ message: String) {
        self.init(at: value.node.mark, value.path.isEmpty ? message : "\(value.path) \(message)")
    }

    init(at mark: Mark?, _ message: String) {
        line = mark?.line
        column = mark?.column
        self.message = message
    }
}
