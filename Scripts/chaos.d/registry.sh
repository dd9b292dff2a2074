#!/usr/bin/env bash
# Faults of the Kubernetes API under steady questions: every answer is right, and what changed is told soon after.
#
# Six simulated API servers, each followed by a server that is asked 1,600 questions a second and told of a change during
# each fault. A new server takes over where the faults so far have used up the lists it may ask for (six, then one a
# minute): what would make it list is what is to be tested, and not that bound. `silence` is a connection that is half open,
# which only time can tell; `outage` counts what a long one costs.
# shellcheck source=Scripts/chaos.d/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=Scripts/chaos.d/lib-registry.sh
. "$(dirname "$0")/lib-registry.sh"

# --- Faults ---------------------------------------------------------------------------------------------------------

# Each begins, lets the world change, ends, and leaves the API server well. Its number: how many lists it may cost. One that
# breaks off late is asked for again every 0.6 s, since the first object is there; an event can hit one resource three times.
declare -A cost=(
    [cut]=0 [stopped]=0 [killed]=1 [stalled]=0 [unauthorized]=0 [token]=0 [forbidden]=0 [throttled]=0 [internal]=0 [html]=0
    [brace]=0 [gone]=1 [goneevent]=3 [latency]=0 [garbage]=0 [restored]=2 [repeated]=2 [slow]=0
    [emptied]=2 [gonelist]=2 [truncated]=2 [wrongkind]=2 [unnumbered]=2 [cutlist]=4 [expiredpage]=2 [internallist]=2
    [deniedlist]=1
)
any=(cut stopped killed stalled unauthorized token forbidden throttled internal html brace gone goneevent latency garbage
    restored repeated slow emptied)
# Only of use where lists are asked for.
listing=(gonelist truncated wrongkind unnumbered cutlist expiredpage internallist deniedlist)

# met FAULT…: the connections break, and new requests meet these; the world changes; then all is well.
met() {
    for effect in "$@"; do control POST "fault?effect=$effect"; done
    control POST drop
    change_world
    pause
    over
    control POST heal
}
# relist FAULT…: the server is away while the world changes, and what came before is too old for it then, so that it has to
# be listed; requests meet these.
relist() {
    control POST stop
    change_world
    control POST compact
    for effect in "$@"; do control POST "fault?effect=$effect"; done
    pause
    if [ $# = 0 ]; then over; fi
    control POST start
    if [ $# = 0 ]; then return; fi
    sleep "1.$((RANDOM % 9))"
    over
    control POST heal
}

fault() {
    case $1 in
        cut) control POST drop; change_world now ;;
        stopped) control POST stop; change_world; pause; over; control POST start ;;
        killed) kill_api; change_world there; pause; revive_api; over; if [ "$mode" = list ]; then control POST 'settings?watchList=refused'; fi ;;
        stalled) kill -STOP "$api"; sleep "$((RANDOM % 3)).5"; kill -CONT "$api"; change_world now ;;
        unauthorized) met 'status&status=401' ;;
        token) rotate_token ;;
        forbidden) met 'status&status=403' ;;
        throttled) met 'status&status=429&retryAfter=1' ;;
        internal) met 'status&status=500' ;;
        html) met html ;;
        brace) met 'body&text=%7B' ;;
        gone) relist ;;
        goneevent) met 'errorEvent&status=410&count=3' ;;
        latency) met 'latency&milliseconds=700' ;;
        slow) met 'slow&octets=7&milliseconds=20' ;;
        garbage) put_garbage ;;
        restored) restore_world ;;
        repeated) change_world; control POST 'repeat?resource=services&count=20&reversed=1'; change_world now ;;
        emptied) relist 'emptyList&resource=services&count=1' 'emptyList&resource=endpointslices&count=1' ;;
        gonelist) relist 'status&status=410&verb=list' ;;
        truncated) relist 'truncatedList&verb=list' ;;
        wrongkind) relist 'wrongKind&verb=list' ;;
        unnumbered) relist 'noResourceVersion&verb=list' ;;
        cutlist) relist 'cut&octets=20000&verb=list' ;;
        expiredpage) relist 'expiredContinue' ;;
        internallist) relist 'status&status=500&verb=list' ;;
        deniedlist) relist 'status&status=403&verb=list' ;;
        *) fail "there is no fault $1" ;;
    esac
}

# Another token is in force, and a moment later it is in the file.
rotate_token() {
    token=token-$changes
    control POST "token?accept=$token"
    control POST drop
    change_world
    pause
    over
    echo "$token" >"$work/token.new"
    mv "$work/token.new" "$work/token"
}

# One object of the wrong type, and one whose address is none: skipped and named, while the others go on.
put_garbage() {
    control POST objects "$(service odd '[1]')
---
$(service broken not-an-ip)"
    change_world now
    garbage=yes
}

# A restored etcd: what was seen meanwhile was never there, and versions go back.
restore_world() {
    local was_moved=$moved was_toggled=$toggled was_ends=$ends
    control POST backup
    change_world
    pause
    moved=$was_moved toggled=$was_toggled ends=$was_ends
    write_world
    tell_changes
    over
    control POST restore
}

# one_fault NAME: appends "NAME MS" to $work/times.
one_fault() {
    garbage=''
    step "the fault $1, $mode"
    fault "$1"
    hear
    case $told in
        recovered*) echo "$1 ${told#recovered }" >>"$work/times" ;;
        *) echo "$1 60000" >>"$work/times" ;;
    esac
    if [[ ! $told =~ ^recovered\ 1?.?.?.$ ]]; then
        echo "$1, $mode: $told; the end of the log:"
        tail -n 12 "$work/log" | cut -c1-200
    fi
    if [ -n "$garbage" ]; then clear_garbage; fi
}
clear_garbage() {
    local name
    for name in odd broken; do
        # A name that was named less than a minute ago in the same log is not named again.
        grep -q "services chaos/$name is skipped" "$work/log" || fail "$name is named in the log"
        control DELETE "object?resource=services&namespace=chaos&name=$name"
    done
    curl -sS --max-time 5 "http://127.0.0.1:$metrics_port/metrics" |
        awk '/^clusterdns_registry_rejected.*services/ { if ($2 >= 2) found = 1 } END { exit !found }' ||
        fail "both are counted"
}

# --- Parts ----------------------------------------------------------------------------------------------------------

# faults COUNT: so many, in an order that the seed decides.
faults() {
    local left=$1 budget kinds kind mode
    begin_world
    while [ "$left" -gt 0 ]; do
        mode=$([ $((RANDOM % 2)) = 0 ] && echo list || echo stream)
        kinds=("${any[@]}")
        if [ "$mode" = list ]; then kinds+=("${listing[@]}"); fi
        # For somebody who looks into one fault: CHAOS_KINDS="restored gone".
        if [ -n "${CHAOS_KINDS-}" ]; then read -ra kinds <<<"$CHAOS_KINDS"; fi
        begin_server "$mode"
        for ((budget = 5; left > 0; left--)); do
            kind=${kinds[RANDOM % ${#kinds[@]}]}
            if [ "${cost[$kind]}" -gt "$budget" ]; then break; fi
            budget=$((budget - cost[$kind]))
            one_fault "$kind"
        done
        end_server
    done
}

# silences COUNT: connections that say nothing more, while new ones would be answered.
silences() {
    local left
    begin_world
    begin_server stream
    for ((left = $1; left > 0; left--)); do
        step "a connection that is silent"
        control POST freeze
        control POST thaw
        change_world now
        hear
        case $told in recovered*) echo "silence ${told#recovered }" >>"$work/silences" ;; *) echo "silence 60000" >>"$work/silences" ;; esac
    done
    end_server
}

# outage SECONDS: every request is refused, and then answered; what lists were asked for.
outage() {
    local resource most=0 count
    begin_world
    begin_server list
    control POST compact
    control POST 'fault?effect=status&status=500'
    control POST drop
    control DELETE requests
    change_world
    step "an outage of $1 seconds"
    sleep "$1"
    control GET requests
    for resource in services endpointslices namespaces; do
        count=$(sed -n "s/.*\"list $resource\":\([0-9]*\).*/\1/p" "$work/control")
        if [ "${count:-0}" -gt "$most" ]; then most=$count; fi
    done
    echo "$most" >"$work/lists"
    tr '\n' ' ' <"$work/control" >"$work/requests"
    over
    control POST heal
    hear
    echo "outage ${told#recovered }" >"$work/outage"
    end_server
}

# --- All of it ------------------------------------------------------------------------------------------------------

# A part is this script once more, with a folder to leave its figures in.
if [ -n "${CHAOS_PART-}" ]; then
    tool truth
    read -r part number <<<"$CHAOS_PART"
    "$part" "$number"
    for file in times sums silences lists requests outage untrue; do
        if [ -f "$work/$file" ]; then cat "$work/$file" >>"$CHAOS_FIGURES/$file"; fi
    done
    echo "$failures" >"$CHAOS_FIGURES/ended.$seed"
    exit 0
fi

figures=$work/figures
mkdir "$figures"
parts=() names=()
# part SEED NAME NUMBER
part() {
    CHAOS_PART="$2 $3" CHAOS_SEED=$1 CHAOS_FIGURES=$figures bash "$0" >"$figures/out.$1" 2>&1 &
    parts+=($!) names+=("part $2 of seed $1")
    started+=($!)
}
if [ -n "$quick" ]; then
    part "$seed" faults "${CHAOS_FAULTS:-20}"
    part $((seed + 100)) silences 1
else
    for shard in 0 1 2 3; do part $((seed + shard)) faults $((${CHAOS_FAULTS:-980} / 4)); done
    part $((seed + 100)) silences 20
    part $((seed + 101)) outage 180
fi
# A part that takes longer is ended, and says at what it was.
seconds_max=$(quick_or 300 2700)
broken=0
for i in "${!parts[@]}"; do
    process=${parts[i]}
    while [ "$SECONDS" -lt "$seconds_max" ] && kill -0 "$process" 2>/dev/null; do sleep 0.5; done
    if kill -0 "$process" 2>/dev/null; then
        fail "${names[i]} comes to its end within $seconds_max seconds: it is at $(cat "$figures/step.${names[i]##* }" 2>/dev/null)"
        kill -TERM "$process" 2>/dev/null || true
        await 60 eval "! kill -0 $process" || kill -KILL "$process" 2>/dev/null || true
    fi
    wait "$process" 2>/dev/null || true
    forget "$process"
    # Bash keeps no statuses of processes that ended long ago.
    if [ "$(cat "$figures/ended.${names[i]##* }" 2>/dev/null)" != 0 ]; then broken=$((broken + 1)); fi
done
sed '/^ok /d' "$figures"/out.* | tail -n 60
equal "all parts came to their end" 0 "$broken"
touch "$figures/times" "$figures/sums"
if [ -f "$figures/untrue" ]; then sort "$figures/untrue" | uniq -c | sort -rn | sed -n 1,20p; fi

sum() { sed "s/.*\b$1=\([0-9]*\).*/\1/" "$figures/sums" | awk '{ n += $1 } END { print n + 0 }'; }
slowest=$(sed 's/.*slowest_ms=//' "$figures/sums" | sort -n | tail -n 1)
awk '{ print $2 }' "$figures/times" >"$figures/milliseconds"
count=$(wc -l <"$figures/times")
echo "$(sum asked) questions during $count faults and $(wc -l <"$figures/silences") half-open connections;" \
    "the slowest answer took $slowest ms"
at_most "wrong answers" 0 "$(sum wrong)"
at_most "questions without an answer" 0 "$(sum unanswered)"
# Of a few, the 99th of a hundred is the longest.
if [ "$count" -ge 100 ]; then
    at_most "right again after a fault, p99 of $count (median $(percentile 50 "$figures/milliseconds"))" 1000 \
        "$(percentile 99 "$figures/milliseconds")" ms
fi
at_most "right again after a fault, the longest" 2000 "$(percentile 100 "$figures/milliseconds")" ms
awk '{ print $2 }' "$figures/silences" >"$figures/silent"
at_most "right again after a connection fell silent, the longest" 35000 "$(percentile 100 "$figures/silent")" ms
awk '{ n[$1]++; if ($2 > most[$1]) most[$1] = $2 } END { for (k in n) printf "%s %d faults, at most %d ms\n", k, n[k], most[k] }' \
    "$figures/times" | sort | paste -sd ';' | sed 's/;/; /g' | fold -sw 118
if [ -f "$figures/lists" ]; then
    at_most "lists of a resource in an outage of 180 s" 3 "$(cat "$figures/lists")"
    at_most "right again after it" 2000 "$(sed 's/outage //' "$figures/outage")" ms
    sed 's/^/requests in it: /' "$figures/requests"
    echo
fi
