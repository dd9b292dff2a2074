# Sourced by every exercise: what the scenarios use (Tests/Scenarios/lib.sh), and bars with figures.
#
# From there: work, started, pass, fail, equal, await, free_port, start_server, stop_server, ask, stop_all. A process whose
# id is in `started` is ended when the exercise ends.
# Scripts/chaos sets CLUSTERDNS, SIMULATED_API_SERVER, CHAOS_QUICK (empty or "yes") and CHAOS_SEED.
# shellcheck shell=bash
# shellcheck source=Tests/Scenarios/lib.sh
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../../Tests/Scenarios/lib.sh"

quick=${CHAOS_QUICK-} seed=${CHAOS_SEED:-1}
tools=$repository/Scripts
# From here on RANDOM is the same in each run with one seed; ports are not.
RANDOM=$((seed % 32768))

# quick_or QUICK FULL: the one that is asked for.
# shellcheck disable=SC2120
quick_or() { if [ -n "$quick" ]; then echo "$1"; else echo "$2"; fi; }

# at_most WHAT LIMIT VALUE [UNIT], at_least WHAT LIMIT VALUE [UNIT]: a bar, with numbers of any kind.
at_most() { judge "$1" "$3" "${4-}" "at most $2" "$(awk -v v="$3" -v l="$2" 'BEGIN { print (v != "" && v + 0 <= l + 0) }')"; }
at_least() { judge "$1" "$3" "${4-}" "at least $2" "$(awk -v v="$3" -v l="$2" 'BEGIN { print (v != "" && v + 0 >= l + 0) }')"; }
judge() { if [ "$5" = 1 ]; then pass "$1: $2${3:+ $3}, $4"; else fail "$1: ${2:-no figure}${3:+ $3}, $4"; fi; }

# field NAME LINE: the value of name=value in it.
field() { sed -n "s/.*\\b$1=\\([-0-9.a-z]*\\).*/\\1/p" <<<"$2"; }

# percentile PERCENT FILE: of the numbers in it, one a line.
percentile() { sort -n "$2" | awk -v p="$1" '{ v[NR] = $1 } END { if (NR) { i = int((NR * p + 99) / 100); print v[i < 1 ? 1 : i] } }'; }
# ratio A B: with two digits.
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f\n", a / b }'; }

milliseconds() { local now=${EPOCHREALTIME/[.,]/}; echo "${now%???}"; }

# tool NAME [FOLDER]: compiles FOLDER/NAME.c [chaos.d] to $work/NAME.
tool() {
    "$(command -v cc || command -v clang)" -O2 -std=gnu17 -Wall -Wextra -I "$tools/bench.d" -o "$work/$1" \
        "$tools/${2:-chaos.d}/$1.c"
}

# Of a process: anonymous memory in KiB, open descriptors, CPU time in ticks (100 a second).
memory_kib() { awk '/^RssAnon:/ { print $2 }' "/proc/$1/status"; }
descriptors() { find "/proc/$1/fd" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# cpu_percent PID SECONDS: of one core, over so many seconds from now.
cpu_percent() {
    local before after
    before=$(cpu_ticks "$1")
    sleep "$2"
    after=$(cpu_ticks "$1")
    awk -v t="$((after - before))" -v s="$2" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.1f\n", 100 * t / hz / s }'
}

# peak_memory PID FILE: writes its highest memory in KiB into FILE, until it is ended itself; run it in the background.
peak_memory() {
    local peak=0 now
    trap 'exit 0' TERM
    while now=$(memory_kib "$1" 2>/dev/null) && [ -n "$now" ]; do
        if [ "$now" -gt "$peak" ]; then peak=$now; echo "$peak" >"$2"; fi
        sleep 0.05
    done
}

# end_process PID [SIGNAL]: ends a child of this shell, stopped or not, and waits for it.
end_process() {
    kill -s "${2:-TERM}" "$1" 2>/dev/null || true
    kill -CONT "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# start_api [OPTION]...: runs the simulated API server; sets `api`, its process, and `control_url`. Its output: $work/api.
start_api() {
    : >"$work/api"
    "$SIMULATED_API_SERVER" --kubeconfig "$work/kubeconfig" "$@" >"$work/api" 2>&1 &
    api=$!
    started+=("$api")
    await 60 grep -q '^ready' "$work/api" || { fail "the simulated API server starts"; cat "$work/api"; exit 1; }
    control_url=$(sed -n 's/^control //p' "$work/api")
}

# control METHOD REQUEST [BODY]: steers the simulated API server; its answer is in $work/control.
control() {
    curl -sS --max-time 10 -X "$1" ${3:+--data-binary "$3"} "$control_url/$2" >"$work/control" ||
        { fail "the simulated API server does $1 $2 within 10 seconds"; exit 1; }
}

# ended PID SECONDS WHAT: a child that ends by itself within so many seconds, which WHAT says; else it is killed.
ended() {
    if ! await "$2" eval "! kill -0 $1"; then
        fail "$3 within $2 seconds"
        kill -KILL "$1" 2>/dev/null || true
    fi
    wait "$1" 2>/dev/null || true
    forget "$1"
}

# alive: the server has not ended.
alive() { kill -0 "$server" 2>/dev/null; }

# forget PID: it has ended, and its number may be somebody else's.
forget() {
    local kept=() process
    for process in "${started[@]}"; do [ "$process" = "$1" ] || kept+=("$process"); done
    started=("${kept[@]}")
}
