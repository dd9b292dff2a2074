#!/usr/bin/env bash
# Generated questions about the zones of a registry and about static zones, signed and not, answered as NSD and Knot answer them
# from the same zones, or for a reason that is written down.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
for part in registry static; do
    if ! "$repository/Scripts/compare" --part "$part" --count 5000 --server "$clusterdns" >"$work/out" 2>&1; then
        fail "$part: every answer that differs from NSD's or Knot's has its reason"
        cat "$work/out"
    else
        pass "$part: every answer that differs from NSD's or Knot's has its reason"
        contains "$part: all questions were asked" "5000 questions" "$(tail -n 1 "$work/out")"
    fi
done
