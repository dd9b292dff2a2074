/// A Kubernetes label selector: requirements that must all hold; without any it selects everything.
package struct LabelSelector: Hashable, Sendable {
    package enum Requirement: Hashable, Sendable {
        case exists(String)
        case absent(String)
        case among(String, Set<String>)
        /// Holds also where the label is absent.
        case notAmong(String, Set<String>)
        /// `>` and `<`: hold where the label is an integer on that side of the bound.
        case above(String, Int64)
        case below(String, Int64)
    }

    package var requirements: [Requirement]

    package init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    package var selectsEverything: Bool { requirements.isEmpty }

    package func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { $0.holds(for: labels) }
    }

    /// Whether `labels` carry every pair of a Service's `selector`; an empty selector selects nothing.
    package static func selects(_ selector: [String: String], _ labels: [String: String]) -> Bool {
        !selector.isEmpty && selector.allSatisfy { labels[$0.key] == $0.value }
    }
}

extension LabelSelector.Requirement {
    func holds(for labels: [String: String]) -> Bool {
        switch self {
        case .exists(let key): labels[key] != nil
        case .absent(let key): labels[key] == nil
        case .among(let key, let values): labels[key].map(values.contains) ?? false
        case .notAmong(let key, let values): !(labels[key].map(values.contains) ?? false)
        case .above(let key, let bound): labels[key].flatMap { Int64($0) }.map { $0 > bound } ?? false
        case .below(let key, let bound): labels[key].flatMap { Int64($0) }.map { $0 < bound } ?? false
        }
    }
}
