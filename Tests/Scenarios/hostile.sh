#!/usr/bin/env bash
# What is meant to hurt, sent to the built program: messages that are none, pointers by the thousand, YAML bombs. It stays
# quick and small, and everything else goes on.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
write_corefile
sed -i 's/    errors/    errors\n    log/' "$work/Corefile"
start_server

name=my-nginx.default.svc.cluster.local
question=$(printf '%s\n' "$name" | tr . '\n' | while read -r label; do printf '%02x%s' ${#label} "$(printf %s "$label" | od -An -tx1 | tr -d ' \n')"; done)0000010001
octets() { printf "$(sed 's/../\\x&/g')"; }
at_most() { if [ "$3" -le "$2" ]; then pass "$1: $3"; else fail "$1: $3, which is more than $2"; fi; }

# say HEXADECIMAL: one datagram, from the socket at descriptor 7. hear [SECONDS]: the next one there, in hexadecimal.
say() { octets <<<"$1" >"$work/datagram"; dd if="$work/datagram" bs=65536 status=none >&7; }
hear() { timeout "${1:-1}" dd bs=65536 count=1 status=none <&7 2>/dev/null | od -An -v -tx1 | tr -d ' \n' || true; }
open_socket() { exec 7<>"/dev/udp/127.0.0.1/$port"; }
lines() { wc -l <"$work/log"; }

# The first query of all warms up, and shows that a query is logged.
open_socket
say "000101000001000000000000$question"
contains "a query is answered" 0a00a295 "$(hear)"
has_logged() { [ "$(grep -c "$name" "$work/log")" -ge 1 ]; }
await 3 has_logged || true
before=$(lines)
full=1dd501000001000000000000$question
for _ in $(seq 30); do
    for count in 1 2 3 5 8 10 11; do say "${full:0:2*count}"; done
done
equal "what is no query is not answered" "" "$(hear 0.5)"
for _ in $(seq 30); do say "1dd581800001000000000000$question"; done
equal "nor is a response" "" "$(hear 0.5)"
sleep 0.5
equal "and adds no line to the log" "$before" "$(lines)"

# FORMERR, with the question where it could be read, and nothing else of what came.
say "1dd501000002000000000000$question$question"
contains "two questions: FORMERR with their ID" 1dd58001 "$(hear)"
say 1dd601000000000000000000
contains "no question: FORMERR with its ID" 1dd68001 "$(hear)"
best=1000000
for _ in $(seq 20); do
    octets <<<"1dd501000002000000000000$question$question" >"$work/datagram"
    from=${EPOCHREALTIME/./}
    cat "$work/datagram" >&7
    read -r -N 1 -t 1 -u 7 _ || true
    took=$((${EPOCHREALTIME/./} - from))
    [ "$took" -ge "$best" ] || best=$took
    exec 7>&-
    open_socket
done
at_most "in milliseconds" 5 $(((best + 999) / 1000))
exec 7>&-

# Sixteen clients over TCP: 65,535 octets each, 5,000 records whose owner is a pointer to one long name.
memory_peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"; }
memory() { sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"; }
{
    long=$(printf '0161%.0s' $(seq 126))0000010001
    count=$(((65535 - 12 - ${#long} / 2) / 12))
    printf 'ffff%04x0100000100000000%04x%s' 7 $count "$long"
    for _ in $(seq $count); do printf c00c00010001000000000000; done
    printf '00%.0s' $(seq $((65535 - 12 - ${#long} / 2 - 12 * count)))
} | sed 's/../\\x&/g' | { IFS= read -r text || true; printf "$text"; } >"$work/pointers"
equal "a message of 64 KiB" 65537 "$(stat -c %s "$work/pointers")"
exec 7<>"/dev/tcp/127.0.0.1/$port"
cat "$work/pointers" >&7
contains "it is answered or refused, whole" 00078 "$(timeout 1 head -c 6 <&7 | od -An -v -tx1 | tr -d ' \n' | tail -c +5)"
exec 7>&-
peak=$(memory_peak)
descriptors=()
for _ in $(seq 16); do
    exec {fd}<>"/dev/tcp/127.0.0.1/$port"
    descriptors+=("$fd")
    cat "$work/pointers" >&"$fd"
done
for fd in "${descriptors[@]}"; do timeout 2 head -c 6 <&"$fd" >"$work/out" || true; [ -s "$work/out" ] || fail "no answer"; done
at_most "sixteen clients at once with 64 KiB of pointers: memory, KiB" 16384 $(($(memory_peak) - peak))
for fd in "${descriptors[@]}"; do exec {fd}>&-; done

# Manifests. One that grows for seconds is JSON, so that no part of it is a whole.
service() { printf '{"apiVersion":"v1","kind":"Service","metadata":{"name":"grow"},"spec":{"clusterIP":"%s","ports":[{"port":80}]}}' "$1"; }
grow() { ask grow.default.svc.cluster.local A; }
has_grown() { [ "$(grow)" = "$1" ]; }
service 10.0.99.1 >"$work/services/grow.json"
await 3 has_grown 10.0.99.1 || fail "a Service of JSON is served"
text=$(service 10.0.99.2)
: >"$work/services/grow.json"
seen=
for ((at = 0; at < ${#text}; at += 12)); do
    sleep 0.5
    seen+="$(grow) "
    printf %s "${text:at:12}" >>"$work/services/grow.json"
done
equal "a file that grows for seconds changes nothing until it is whole" "" "${seen//10.0.99.1 /}"
await 2 has_grown 10.0.99.2 && pass "then it does" || fail "then it does: $(grow)"

# Everything of fact 73 at once, beside Services that change.
before=$(memory) peak=$(memory_peak)
hurt=$work/services/hurt
mkdir "$work/hurt"
(
    cd "$work/hurt"
    { echo 'a0: &a0 [x]'; for level in 1 2 3 4 5 6 7 8 9; do
        echo "a$level: &a$level [$(printf "*a$((level - 1)), %.0s" 1 2 3 4 5 6 7 8)*a$((level - 1))]"
    done; } >bomb.yaml
    printf '[%.0s' $(seq 10000) >nested.yaml
    printf 'kind: Service\nspec:\n\tports: []\n' >tab.yaml
    printf 'kind: Service\nspec:\n  a: 1\n  a: 2\n' >twice.yaml
    printf 'kind: Service\nname: a\0b\n' >nul.yaml
    printf 'kind: a\nname: \xc3\x28\n' >utf8.yaml
    truncate -s 1G giant.yaml
    mkfifo pipe.yaml
    ln -s /dev/zero zero.yaml
    ln -s self.yaml self.yaml
    ln -s . around
)
mv "$work/hurt" "$hurt"
service 10.0.99.3 >"$work/services/grow.json"
from=${EPOCHREALTIME/./}
await 3 has_grown 10.0.99.3 || true
equal "beside files that are meant to hurt a change is seen" 10.0.99.3 "$(grow)"
at_most "within a second or little more, ms" 1500 $(((${EPOCHREALTIME/./} - from) / 1000))
for file in bomb nested tab twice nul utf8 giant pipe zero self; do
    named() { grep -q "hurt/$file.yaml" "$work/log"; }
    await 2 named && pass "$file.yaml is named" || fail "$file.yaml is named"
done
at_most "files that are meant to hurt: memory that stays, KiB" 20480 $(($(memory) - before))
at_most "files that are meant to hurt: memory at most, KiB" 20480 $(($(memory_peak) - peak))
rm -r "$hurt"
equal "everything else went on" 10.0.162.149 "$(ask $name A)"
stop_server
equal "the server ends with status 0" 0 "$server_status"
