#!/usr/bin/env bash
# Where upstreams come from, and the ones that cannot be right: ourselves, a way back to us, a resolv.conf that changes.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
start_bad_upstream --port 5300
here_is() { ask "$1" A; }
log() { cat "$work/log"; }
said() { grep -qi "$1" "$work/log"; }

# served_by FORWARD...: a server whose block has these lines after `hosts`.
served_by() {
    serve 1053 <<COREFILE
.:1053 {
    bind 127.0.0.1
    errors
    hosts {
        10.1.1.1 here.test
        fallthrough
    }
$(printf '    %s\n' "$@")
}
COREFILE
}
# outside NAME: an answer that only the upstream can give.
outside() { contains "$1" "192.0.2." "$(ask "$2" A)"; }
# stays_up WHAT: the server, and what it knows by itself.
stays_up() {
    if alive; then equal "$1: the server is there, and answers what it knows" 10.1.1.1 "$(ask here.test A)"; else
        fail "$1: the server has ended"
        tail -n 20 "$work/log"
    fi
}

# Our own address: skipped, and said.
served_by "forward . 127.0.0.1:1053 127.0.0.1:5300" loop
await 2 said 127.0.0.1:1053 || true
contains "our own address among the upstreams is named" "127.0.0.1:1053" "$(log)"
outside "and the others are used" first.test
stays_up "our own address"
served_by "forward . 127.0.0.1:1053" loop
equal "our own address alone: SERVFAIL" SERVFAIL "$(status_word alone.test A)"
stays_up "our own address alone"

# A way back to us over another server.
start_dnsmasq back "" 127.0.0.1 5301 127.0.0.1#1053 --log-queries --cache-size=0 --dns-forward-max=500
passed_on() { grep -c ' forwarded ' "$work/back.log" || true; }
served_by "forward . 127.0.0.1:5301" loop
await 5 said "loop" || true
contains "a loop over another server is found" "loop" "$(log | tr 'A-Z' 'a-z')"
contains "the line names the upstream" "127.0.0.1:5301" "$(grep -i loop "$work/log" || true)"
echo "it says: $(grep -i loop "$work/log" | head -n 1)"
before=$(passed_on)
equal "an upstream that loops is asked no more: SERVFAIL" SERVFAIL "$(status_word looping.test A)"
at_most "not many queries go around" 2 "$(($(passed_on) - before))"
stays_up "a loop"
served_by "forward . 127.0.0.1:5301 127.0.0.1:5300 {" "    policy sequential" "}" loop
await 5 said "loop" || true
outside "the upstreams beside it are used" second.test
outside "also for the next name" third.test

# A client cannot make the server believe in a loop.
served_by "forward . 127.0.0.1:5300" loop
for _ in 1 2 3; do
    ask 1234567890123456789.9876543210987654321 HINFO >/dev/null
    ask probe.test HINFO >/dev/null
done
lacks "questions of clients make no loop" "loop" "$(grep -vi corefile "$work/log" | tr 'A-Z' 'a-z')"
outside "the upstream is still asked" fourth.test

# resolv.conf: followed when it changes, and kept when it makes no sense. Its servers have no port but 53.
start_peer first "$bad_upstream" --address 127.0.0.2 --other-address 127.0.1.2 --port 53
start_peer second "$bad_upstream" --address 127.0.0.3 --other-address 127.0.1.3 --port 53
await_peer first "" 127.0.0.2 53
await_peer second "" 127.0.0.3 53
count() { field queries "$(dig +short @"$1" CH TXT "seen.$2" | tr -d '"')"; }
resolv() { printf '%s\n' "$@" >"$work/resolv.new" && mv "$work/resolv.new" "$work/resolv.conf"; }
# asks_at ADDRESS SUFFIX: a new name is asked there.
number=0
asks_at() {
    number=$((number + 1))
    ask "n$number.$2" A >/dev/null
    [ "$(count "$1" "n$number.$2")" -ge 1 ]
}
resolv "search example.test" "options ndots:5" "nameserver 127.0.0.2"
served_by "forward . $work/resolv.conf"
outside "a server of resolv.conf is asked" resolv.test
equal "this one" 1 "$(count 127.0.0.2 resolv.test)"
resolv "# another one" "nameserver 127.0.0.3"
if await 3 asks_at 127.0.0.3 moved.test; then pass "a changed resolv.conf is followed"; else fail "a changed resolv.conf is followed"; fi
before=$(count 127.0.0.2 "")
outside "it is right" after.test
equal "and the one before is asked no more" "$before" "$(count 127.0.0.2 "")"
printf 'nameserver 127.0.0.2\nnameserver 127.0.0.3\n' >"$work/resolv.conf"
if await 3 asks_at 127.0.0.2 inplace.test; then pass "so is one that is written in place"; else fail "so is one that is written in place"; fi
resolv "nameserver not-an-address"
sleep 2
outside "one without an address changes nothing" kept.test
contains "and is named" "resolv.conf" "$(log)"
rm "$work/resolv.conf"
sleep 2
outside "nor does one that is gone" gone.test
resolv "nameserver 127.0.0.53" "nameserver 127.0.0.2"
await 3 said "127.0.0.53" || true
contains "127.0.0.53 is skipped, and said" "127.0.0.53" "$(log)"
outside "the others are asked" stub.test
stays_up "after all of that"
stop_server

# What can be no upstream is refused at the start, with its place.
for bad in "$work/none" "not-an-address" "127.0.0.1:99999" "1.2.3.4.5"; do
    printf '.:1053 {\n    forward . %s\n}\n' "$bad" >"$work/bad.Corefile"
    status=$(status_of timeout 10 "$clusterdns" check --conf "$work/bad.Corefile")
    equal "forward . ${bad##*/}: check ends with 1" 1 "$status"
    contains "and names the place" "bad.Corefile:2:" "$(cat "$work/out" "$work/err")"
done
