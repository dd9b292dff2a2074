#!/usr/bin/env bash
# The pages for operators and the log, whatever is asked: robustness facts 11, 55 and 56.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"

# The fact says 400,000; the program that tests build is slow.
queries=${QUERIES:-100000}
build noise Scripts/chaos.d
copy_registry
write_corefile 0s
# What has labels of its own; nobody is there upstream.
sed -i 's/^    loadbalance/    loadbalance\n    log\n    acl {\n        block net 10.9.0.0\/16\n    }\n    forward test 127.0.0.3\n    cache\n    template IN TXT template.test {\n        answer "{{ .Name }} 60 IN TXT x"\n    }/; s/^    errors/    errors {\n        consolidate 1s ".*"\n    }/' \
    "$work/Corefile"
start_server
page() { curl -sS --max-time 5 "http://127.0.0.1:$metrics_port$1"; }
# printable WHAT FILE: nothing but what one may send to a terminal, in whole lines.
printable() {
    equal "$1 has printable octets alone" "" "$(LC_ALL=C grep -anv '^[ -~]*$' "$2" | LC_ALL=C cut -c1-200 | LC_ALL=C tr -cd ' -~\n' | tail -n 3)"
}

"$work/noise" --port "$port" --count 4000 --seed 1
sleep 1.5
printable "the log of 4,000 strange names" "$work/log"
at_least "which are there" 2000 "$(grep -c '^\[INFO\] 127.0.0.1:' "$work/log")"
equal "each in a line that begins as all do" "" \
    "$(LC_ALL=C grep -aEv '^\[(INFO|WARNING|ERROR)\] ' "$work/log" | tail -n 3)"
# Without the log, which would only be the slowest part.
sed -i '/^    log$/d' "$work/Corefile"
kill -HUP "$server"
await 5 grep -q 'Reloading complete' "$work/log" || fail "the log is taken away"
"$work/noise" --port "$port" --count "$queries" --seed 2
page /metrics >"$work/metrics"
at_most "lines of /metrics after $queries queries more" 300 "$(wc -l <"$work/metrics")"
printable "/metrics" "$work/metrics"
printable "the log" "$work/log"
for path in /status '/status?format=json'; do
    page "$path" >"$work/status"
    printable "$path" "$work/status"
    contains "and shows names that were asked" "\\" "$(cat "$work/status")"
done
page '/status?format=json' | jq -e . >"$work/json" || fail "/status?format=json is JSON"
equal "every name of the cluster is still answered" 10.0.0.1 "$(ask kubernetes.default.svc.cluster.local A)"

# Limits of a connection, on each of the ports.
header=$(printf 'a%.0s' {1..17000})
for at in "$health_port/health" "$ready_port/ready" "$metrics_port/metrics"; do
    equal "a header over 16 KB: ${at#*/} says 431" 431 \
        "$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 -H "X: $header" "http://127.0.0.1:$at" || true)"
done
before=$(milliseconds)
exec 8<>"/dev/tcp/127.0.0.1/$metrics_port" 9<>"/dev/tcp/127.0.0.1/$health_port"
cat <&8 >/dev/null
cat <&9 >/dev/null
closed=$(($(milliseconds) - before))
at_least "an idle connection has its ten seconds" 9500 "$closed"
at_most "and no more" 11500 "$closed"
