#!/usr/bin/env bash
# An upstream that errs in every way: a client gets an answer or SERVFAIL in time, and never what nobody said.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
build dnsprobe Scripts/bench.d
poison=203.0.113.66

# One upstream for each kind of trouble, so that none is judged by what another did.
groups=(right false silent stream content)
port_of() { case $1 in right) echo 5300 ;; false) echo 5301 ;; silent) echo 5302 ;; stream) echo 5303 ;; *) echo 5304 ;; esac; }
for group in "${groups[@]}"; do start_bad_upstream --port "$(port_of "$group")"; done
# upstream GROUP QUESTION: asks the upstream itself in class CH.
upstream() { dig +short +tries=1 +time=2 -p "$(port_of "$1")" @127.0.0.1 CH TXT "$2" | tr -d '"'; }
# seen FIGURE GROUP NAME: what that upstream counted for the names at and below NAME.
seen() { field "$1" "$(upstream "$2" "seen.$3")"; }

# block ZONE GROUP: a server block of its own.
block() {
    cat <<COREFILE
$1:1053 {
    bind 127.0.0.1
    errors
    forward . 127.0.0.1:$(port_of "$2")
    cache 30
    prometheus 127.0.0.1:9153
}
COREFILE
}
serve 1053 < <(
    block . right
    for group in false silent stream content; do block $group.test $group; done
)

# client NAME TYPE [OPTION]...: what a client is given, as "STATUS DATA...", in $work/NAME.got; $work/NAME.ms says how soon,
# and $work/NAME has the whole.
client() {
    local begin status
    begin=$(milliseconds)
    dig +tries=1 +time=8 -p "$port" @127.0.0.1 "$@" >"$work/$1" 2>&1 || true
    # dig's own clock, which its start does not count in; without an answer that of the machine.
    sed -n 's/^;; Query time: \([0-9]*\) .*/\1/p' "$work/$1" | grep . >"$work/$1.ms" ||
        echo $(($(milliseconds) - begin)) >"$work/$1.ms"
    status=$(sed -n 's/.*status: \([A-Z0-9]*\),.*/\1/p' "$work/$1" | tail -n 1)
    echo "${status:-none} $(awk '/^;; ANSWER/ { on = 1; next } /^;;|^$/ { on = 0 } on { print $5 }' "$work/$1" | paste -sd ' ')" \
        >"$work/$1.got"
}

# Who is asked and for what label, what the client must be given (a regular expression), within how many milliseconds.
right='^NOERROR 192\.0\.2\.[0-9]*$' servfail='^SERVFAIL $' either="$right|$servfail"
rows=(
    # Until the right reply comes, 30 ms later, a false one is nothing.
    "false|id.then|$right|1000" "false|question.then|$right|1000" "false|type.then|$right|1000"
    "false|class.then|$right|1000" "false|letters.then|$right|1000" "false|query.then|$right|1000"
    "false|opcode.then|$right|1000" "false|two.then|$right|1000" "false|none.then|$right|1000"
    "false|garbage.then|$right|1000" "false|short.then|$right|1000" "false|port.then|$right|1000"
    "false|address.then|$right|1000" "false|flood-15.then|$right|1000"
    # These keep their upstream busy, so they have it for themselves.
    "right|flood-2000.then|$right|2000" "right|drip|$right|2000"
    # More than 20 false IDs: asked again over TCP. TC goes on to a client that came by UDP, and dig then comes by TCP.
    "stream|flood-100|$right|2000" "stream|tc|$right|1000" "stream|tcdata|$right|1000"
    "stream|chain-100|^(NOERROR c1\.chain\.test\. .* 192\.0\.2\.[0-9]*|SERVFAIL )$|1000"
    "stream|close|$servfail|5000" "stream|half|$servfail|5000" "stream|tcpid|$servfail|5000"
    # Nothing right ever comes over UDP. Asking again over TCP, where this upstream is right, is as good as SERVFAIL.
    "silent|id|$either|5000" "silent|question|$either|5000" "silent|letters|$either|5000" "silent|query|$either|5000"
    "silent|two|$either|5000" "silent|garbage|$either|5000" "silent|port|$either|5000" "silent|address|$either|5000"
    "silent|late-300|$right|1000" "silent|late-3000|$either|5000" "silent|late-6000|$servfail|5000"
    "silent|silent|$servfail|5000" "silent|udpsilent|$either|5000"
    "content|ttl-0|$right|500" "content|dup-20|$right|500" "content|wide|$either|5000"
    "content|servfail|$servfail|5000" "content|refused|^(REFUSED|SERVFAIL) $|5000"
    "content|notimp|^(NOTIMP|SERVFAIL) $|5000" "content|rcode-9|^(NOTAUTH|SERVFAIL) $|5000"
    "content|nx|^NXDOMAIN $|500" "content|nxnosoa|^NXDOMAIN $|500" "content|nodata|^NOERROR $|500"
    "content|nodatanosoa|^NOERROR $|500" "content|loop|^(NOERROR b\.loop\.test\. .*|SERVFAIL )$|5000"
    "content|self|^(NOERROR self\.row\.content\.test\.|SERVFAIL )$|5000"
    "content|chain-3|^NOERROR c1\.chain\.test\. c2\.chain\.test\. c3\.chain\.test\. 192\.0\.2\.[0-9]*$|500"
    "content|poison|$right|500" "content|ednsformerr|$right|1000" "content|formerr|^(FORMERR|SERVFAIL) $|5000"
)
asking=()
for row in "${rows[@]}"; do
    IFS='|' read -r group label _ <<<"$row"
    client "$label.row.$group.test" A &
    asking+=($!)
    if [ "$group" = right ]; then wait $! || true; fi
    # So that the clients' own start is not what keeps them waiting.
    sleep 0.03
done
wait "${asking[@]}" || true
last_row=$(milliseconds)
for row in "${rows[@]}"; do
    IFS='|' read -r group label rest <<<"$row"
    name=$label.row.$group.test want=${rest%|*} limit=${rest##*|}
    got=$(cat "$work/$name.got") took=$(cat "$work/$name.ms")
    if ! [[ $got =~ $want ]]; then
        fail "$label: \"$got\" after $took ms"
        printf '%s\n' "wanted: $want"
    elif [ "$took" -gt "$limit" ]; then fail "$label: $got, but after $took ms of $limit"
    elif grep -q "$poison" "$work/$name"; then
        fail "$label: the reply holds a false address"
        cat "$work/$name"
    else pass "$label: $got after $took ms"; fi
done
if alive; then pass "the server is still there"; else fail "the server has ended"; tail -n 20 "$work/log"; fi

# What was said besides has become nobody's answer.
client www.victim.test A
contains "records of another name are asked for, not believed" "NOERROR 192.0.2.1" "$(cat "$work/www.victim.test.got")"
client ns.evil.test A
contains "nor addresses of servers" "NOERROR 192.0.2.1" "$(cat "$work/ns.evil.test.got")"
client poisoncname.row.content.test AAAA
client www.victim.test AAAA
contains "nor the target of a CNAME record" "NOERROR 2001:db8::" "$(cat "$work/www.victim.test.got")"
client ttl-0.row.content.test A
equal "a TTL of 0 is not kept" "NOERROR 192.0.2.2" "$(cat "$work/ttl-0.row.content.test.got")"

# 65,535 octets, by TCP alone; the next answer on the connection is right too.
equal "an answer of 64 KiB: as many addresses as fit" 4092 \
    "$(dig +tcp +nocookie +short +tries=1 +time=5 -p "$port" @127.0.0.1 big.row.stream.test A | wc -l)"
equal "twice" 4092 "$(dig +tcp +nocookie +short +tries=1 +time=5 -p "$port" @127.0.0.1 big.row.stream.test A | wc -l)"

# Names that are never answered do not take the upstream from the others.
"$work/dnsprobe" --port "$port" --name silent.n%.deaf.test --rate 10 --seconds 4 --deadline 5 >"$work/deaf" &
deaf=$!
sleep 0.5
probe --port "$port" --name n%.beside.test --rate 5 --seconds 3
wait "$deaf" || true
cat "$work/deaf"
equal "names beside others that nobody answers are answered" "100.000" "$(loaded right_percent)"
at_most "in milliseconds" 500 "$(loaded max_ms)"
equal "and those end with SERVFAIL" "$(field sent "$(cat "$work/deaf")")" "$(field rcode2 "$(cat "$work/deaf")")"

# One question in flight is one question.
probe --port "$port" --name late-200.single.test --rate 0 --count 100 --sockets 20
equal "100 clients with one question are answered" 100 "$(loaded rcode0)"
equal "and the upstream was asked once" 1 "$(seen queries right single.test)"

# What a guesser would have to guess.
probe --port "$port" --name n%.some-longer-label.spread.test --rate 250 --count 500
equal "500 names are answered" 500 "$(loaded rcode0)"
echo "the upstream saw: $(upstream right seen.spread.test)"
at_least "distinct ports of 500 queries" 490 "$(seen ports right spread.test)"
at_least "distinct IDs" 490 "$(seen ids right spread.test)"
at_least "distinct patterns of letter case" 450 "$(seen patterns right spread.test)"
at_most "the UDP size asked for" 1232 "$(seen size right spread.test)"
at_least "with EDNS" 512 "$(seen size right spread.test)"

# Once the upstreams are right, all is right: a failure is kept for five seconds at most, and these are older.
while [ "$(milliseconds)" -lt $((last_row + 5200)) ]; do sleep 0.1; done
for group in silent stream content; do upstream $group set.right >/dev/null; done
equal "an upstream is right from now on" "all names: right" "$(upstream false set.right)"
for row in "${rows[@]}"; do
    IFS='|' read -r group label rest <<<"$row"
    # What was right, or is kept rightly, is not asked again.
    case $rest in *SERVFAIL*) ;; *) continue ;; esac
    name=$label.row.$group.test
    client "$name" A
    if [[ $(cat "$work/$name.got") =~ $right ]]; then pass "$label, later: right"; else
        fail "$label, later: $(cat "$work/$name.got")"
    fi
done

# An upstream that refuses: a client is told soon, and nobody knocks at its door without end.
refusals() { awk '$1 == "Udp:" && $2 ~ /[0-9]/ { print $3 }' /proc/net/snmp; }
connects() { awk '$1 == "Tcp:" && $2 ~ /[0-9]/ { print $6 }' /proc/net/snmp; }
for transport in udp tcp; do
    serve 1053 <<COREFILE
.:1053 {
    bind 127.0.0.1
    errors
    forward . 127.0.0.1:5399 {
        $([ $transport = tcp ] && echo force_tcp || echo max_fails 2)
    }
    cache 30
}
COREFILE
    client "first.$transport.test" A
    equal "an upstream that refuses $transport: SERVFAIL" "SERVFAIL " "$(cat "$work/first.$transport.test.got")"
    at_most "within milliseconds" 2000 "$(cat "$work/first.$transport.test.ms")"
    probe --port "$port" --name "n%.$transport.test" --rate 50 --seconds 1
    equal "fifty more: SERVFAIL" 50 "$(loaded rcode2)"
    at_most "within milliseconds" 2000 "$(loaded max_ms)"
    if [ $transport = tcp ]; then before=$(connects); else before=$(refusals); fi
    sleep 3
    if [ $transport = tcp ]; then after=$(connects); else after=$(refusals); fi
    at_most "and in three idle seconds it is tried no more than twice a second" 6 "$((after - before))"
done
