#!/usr/bin/env bash
# What `cache` keeps, for how long, and what it says when the upstream has nothing to say.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
build dnsprobe Scripts/bench.d
start_bad_upstream --port 5300
upstream() { dig +short +tries=1 +time=2 -p 5300 @127.0.0.1 CH TXT "$1" | tr -d '"'; }
# asked NAME: how many queries the upstream had for it and the names below.
asked() { field queries "$(upstream "seen.$1")"; }

# cached_by LINE...: a server whose block has these lines in `cache 30`.
cached_by() {
    serve 1053 <<COREFILE
.:1053 {
    bind 127.0.0.1
    errors
    forward . 127.0.0.1:5300
    cache 30 {
$(printf '        %s\n' "$@")
    }
    prometheus 127.0.0.1:9153
}
COREFILE
}
# got NAME TYPE [OPTION]...: "STATUS ADDRESS…"; the whole is in $work/reply. The last octet of an address says how often
# the upstream was asked, so the same address again is an answer from the cache.
got() {
    dig +tries=1 +time=8 -p "$port" @127.0.0.1 "$@" >"$work/reply" 2>&1 || true
    echo "$(sed -n 's/.*status: \([A-Z0-9]*\),.*/\1/p' "$work/reply" | tail -n 1) $(answer_field 5)"
}
answer_field() { awk -v n="$1" '/^;; ANSWER/ { on = 1; next } /^;;|^$/ { on = 0 } on { print $n }' "$work/reply" | paste -sd ' '; }
# The TTL of the last reply: of its answer, or of the SOA record of a denial.
ttl() { awk '/^;; (ANSWER|AUTHORITY)/ { on = 1; next } /^;;|^$/ { on = 0 } on { print $2; exit }' "$work/reply"; }
took() { sed -n 's/^;; Query time: \([0-9]*\) .*/\1/p' "$work/reply"; }
# metric NAME: the sum of its series.
metric() { curl -sS --max-time 5 http://127.0.0.1:9153/metrics | awk -v n="$1" 'index($1, n) == 1 { sum += $2 } END { print sum }'; }

cached_by
equal "a first answer" "NOERROR 192.0.2.1" "$(got ttl-20.down.test A)"
at_most "its TTL is the upstream's" 20 "$(ttl)"
at_least "or a second less" 19 "$(ttl)"
got www.long.test A >/dev/null
at_most "a longer TTL is cut to that of the directive" 30 "$(ttl)"
equal "a first denial" "NXDOMAIN " "$(got nx-20.down.test A)"
sleep 1.1
equal "the next answer is from the cache" "NOERROR 192.0.2.1" "$(got ttl-20.down.test A)"
at_most "and its TTL has gone down" 19 "$(ttl)"
equal "so is the next denial" "NXDOMAIN " "$(got nx-20.down.test A)"
at_most "with its SOA record's TTL" 19 "$(ttl)"
equal "both were asked once" 2 "$(asked down.test)"
equal "letter case is the asker's" "NOERROR 192.0.2.1" "$(got TTL-20.Down.tEst A)"
contains "in the question" ";TTL-20.Down.tEst." "$(cat "$work/reply")"
contains "and in the answer" "TTL-20.Down.tEst." "$(answer_field 1)"
equal "another type is another question" "NOERROR 2001:db8::1" "$(got ttl-20.down.test AAAA)"
equal "so is one with DO" "NOERROR 192.0.2.2" "$(got ttl-20.down.test A +dnssec)"
equal "and one with CD" "NOERROR 192.0.2.3" "$(got ttl-20.down.test A +cdflag)"
equal "each has its own entry" "NOERROR 192.0.2.1" "$(got ttl-20.down.test A)"
equal "over TCP it is the same" "NOERROR 192.0.2.1" "$(got ttl-20.down.test A +tcp)"
equal "without EDNS too" "NOERROR 192.0.2.1" "$(got ttl-20.down.test A +noedns)"
lacks "and without OPT" "EDNS" "$(cat "$work/reply")"
equal "no data is kept" "NOERROR " "$(got nodata-20.nodata.test A)"
equal "like the rest" "NOERROR " "$(got nodata-20.nodata.test A)"
equal "asked once" 1 "$(asked nodata.test)"
equal "below a name that is said not to exist there may be one" "NOERROR 192.0.2.1" "$(got below.nx-20.down.test A)"
got nxproven.cut.test A >/dev/null
equal "below one that is proven not to exist nothing exists (RFC 8020)" "NXDOMAIN " "$(got www.below.nxproven.cut.test A)"
equal "and nobody is asked" 0 "$(asked below.nxproven.cut.test)"
equal "a TTL of 0 is not kept" "NOERROR 192.0.2.1, NOERROR 192.0.2.2" "$(got ttl-0.zero.test A), $(got ttl-0.zero.test A)"
equal "a denial without SOA record is passed on" "NXDOMAIN " "$(got nxnosoa.zero.test A)"

# Failures: kept for a moment.
equal "SERVFAIL" "SERVFAIL " "$(got servfail.failing.test A)"
before=$(asked failing.test)
for _ in 1 2 3 4; do got servfail.failing.test A >/dev/null; done
equal "is kept" "$before" "$(asked failing.test)"
contains "and says that it is an old one (RFC 8914)" "EDE:" "$(cat "$work/reply")"

# keepttl, a floor, a ceiling for denials, zones without a cache.
cached_by keepttl "success 1000 30 5" "denial 1000 3" "disable success off.test" "disable denial off.test" "servfail 1s"
got ttl-1.floor.test A >/dev/null
equal "MINTTL lifts a TTL" 5 "$(ttl)"
got nx-20.ceiling.test A >/dev/null
at_most "a ceiling of denials" 3 "$(ttl)"
got ttl-20.keep.test A >/dev/null
kept=$(ttl)
got servfail.short.test A >/dev/null
before=$(asked short.test)
sleep 1.2
got ttl-20.keep.test A >/dev/null
equal "keepttl: the TTL stays" "$kept" "$(ttl)"
got servfail.short.test A >/dev/null
at_least "servfail 1s: asked again after a second" $((before + 1)) "$(asked short.test)"
equal "disable success: always asked" "NOERROR 192.0.2.1, NOERROR 192.0.2.2" "$(got www.off.test A), $(got www.off.test A)"
equal "disable denial: too" "NXDOMAIN , NXDOMAIN " "$(got nx.off.test A), $(got nx.off.test A)"
equal "twice" 2 "$(asked nx.off.test)"

# serve_stale: fresh first, the old answer when that takes too long.
stale() {
    equal "$1: the old answer" "NOERROR 192.0.2.1" "$(got ttl-1.stale.test A)"
    at_most "$1: after milliseconds" "$2" "$(took)"
    equal "$1: its TTL is 30 seconds (RFC 8767)" 30 "$(ttl)"
    contains "$1: and it says so (RFC 8914)" "EDE: 3" "$(cat "$work/reply")"
}
cached_by "serve_stale 1h verify 500ms"
got ttl-1.stale.test A >/dev/null
got nx-1.stale.test A >/dev/null
got ttl-1.crowd.test A >/dev/null
got ttl-1.alive.test A >/dev/null
sleep 1.3
equal "an upstream that answers: fresh" "NOERROR 192.0.2.2" "$(got ttl-1.alive.test A)"
upstream set.silent >/dev/null
stale "a silent upstream" 1000
equal "a denial may be old too" "NXDOMAIN " "$(got nx-1.stale.test A)"
before=$(asked crowd.test)
probe --port "$port" --name ttl-1.crowd.test --rate 0 --count 50
equal "a crowd gets the old answer" 50 "$(loaded rcode0)"
at_most "for one refresh, tried twice" 2 $(($(asked crowd.test) - before))
upstream set.servfail >/dev/null
stale "an upstream that fails" 1000
stale "failures don't push it out" 1000
upstream set.names >/dev/null
is_fresh() { [ "$(got ttl-1.stale.test A)" != "NOERROR 192.0.2.1" ]; }
if await 6 is_fresh; then pass "an upstream that is back: fresh"; else fail "an upstream that is back: $(got ttl-1.stale.test A)"; fi

cached_by "serve_stale 2s immediate"
got ttl-1.instant.test A >/dev/null
got late-300.instant.test A >/dev/null
got ttl-1.ended.test A >/dev/null
sleep 1.5
equal "immediate: the old answer" "NOERROR 192.0.2.1" "$(got ttl-1.instant.test A)"
at_most "at once" 100 "$(took)"
sleep 0.3
equal "and a fresh one next" "NOERROR 192.0.2.2" "$(got ttl-1.instant.test A)"
upstream set.servfail >/dev/null
sleep 2
equal "after its time an old answer is none" "SERVFAIL " "$(got ttl-1.ended.test A)"
upstream set.names >/dev/null

# prefetch: one question before a name that is asked for runs out.
cached_by "prefetch 2 1m 50%"
for _ in 1 2 3; do got ttl-4.popular.test A >/dev/null; done
got ttl-4.lonely.test A >/dev/null
sleep 2.3
probe --port "$port" --name ttl-4.popular.test --rate 0 --count 20
got ttl-4.lonely.test A >/dev/null
sleep 0.4
equal "a popular name is asked again before it runs out" "NOERROR 192.0.2.2" "$(got ttl-4.popular.test A)"
equal "once" 2 "$(asked popular.test)"
equal "one that is not is not" 1 "$(asked lonely.test)"

# 20,000 names in a cache for 2,000: bounded, and what is asked for often stays.
cached_by "success 2000 3600"
memory() { awk '/^RssAnon/ { print $2 }' "/proc/$server/status"; }
# Often enough that fewer new names than the cache holds come in between on a fast machine, too.
hot() {
    while sleep 0.02; do
        "$work/dnsprobe" --port "$port" --name ttl-600.h%.hot.test --rate 0 --count 20 >/dev/null || true
    done
}
"$work/dnsprobe" --port "$port" --name ttl-600.h%.hot.test --rate 0 --count 20 >/dev/null
before=$(memory)
hot &
hot=$!
started+=("$hot")
probe --port "$port" --name n%.flood.test --rate 0 --window 200 --count 20000 --sockets 64
kill "$hot"
echo "memory of its own: $before KiB before, $(memory) KiB after"
at_least "a flood of names is answered, per cent" 99 "$(loaded right_percent)"
at_most "memory that it took, KiB" 10000 $(($(memory) - before))
at_most "entries that are kept" 2000 "$(metric coredns_cache_entries)"
equal "twenty names that are asked for often stayed" 20 "$(asked hot.test)"
if alive; then pass "the server is still there"; else fail "the server has ended"; fi
