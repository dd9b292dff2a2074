#!/usr/bin/env bash
# 5,000 generated questions, answered as NSD and Knot answer them from the same zones, or for a reason that is written down.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
if ! "$repository/Scripts/compare" --count 5000 --server "$clusterdns" >"$work/out" 2>&1; then
    fail "every answer that differs from NSD's or Knot's has its reason"
    cat "$work/out"
else
    pass "every answer that differs from NSD's or Knot's has its reason"
    contains "all questions were asked" "5000 questions" "$(tail -n 1 "$work/out")"
fi
