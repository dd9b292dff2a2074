/// Finds the word that a misspelt one was meant to be.
package enum NearestWord {
    /// A longer word is compared with nothing.
    static let scalarsMax = 64

    /// Returns the candidate with the fewest typing errors from `word`, the first of equals, case ignored.
    ///
    /// An error is a character too many, too few, wrong, or swapped with its neighbour. nil when even the best has more
    /// than one error for every three characters of `word` (one at least). O(length²) for each candidate.
    package static func nearest(to word: String, in candidates: [String]) -> String? {
        let scalars = Array(word.lowercased().unicodeScalars)
        guard !scalars.isEmpty, scalars.count <= scalarsMax else { return nil }
        let errorsMax = max(1, scalars.count / 3)
        var best: (word: String, errors: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - scalars.count) <= errorsMax else { continue }
            let errors = typingErrors(scalars, other)
            if errors <= errorsMax, errors < best?.errors ?? .max { best = (candidate, errors) }
        }
        return best?.word
    }

    /// The optimal string alignment distance.
    private static func typingErrors(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var errors = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    errors = min(errors, beforeLast[column - 1] + 1)
                }
                current.append(errors)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

extension Token {
    /// The refusal of a word outside of `known`, naming the one that was probably meant.
    package func unknown(_ what: String, known: [String]) -> CorefileError {
        if let meant = NearestWord.nearest(to: text, in: known) {
            return refused("is an unknown \(what); did you mean \(Quoting.quoted(meant))?")
        }
        return refused("is an unknown \(what); expected \(Quoting.alternatives(known))")
    }
}
