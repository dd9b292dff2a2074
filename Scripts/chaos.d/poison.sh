#!/usr/bin/env bash
# Tries to put forged answers into the cache, in a network of its own (robustness facts 47 to 52).
#
# usage: Scripts/chaos.d/poison.sh [--quick]
# 100 races against an attacker who knows the port of the query before, and 100 against one who knows the port in use:
# 65,536 forged replies in each. --quick makes five of each, within 15 s. CLUSTERDNS names the program.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/../../Tests/Scenarios/lib-network.sh"

races=100
if [ "${1-}" = --quick ] || [ -n "${CHAOS_QUICK-}" ]; then races=5; fi
"$compiler" -O2 -std=gnu17 -pthread -o "$work/poison" "$repository/Scripts/chaos.d/poison.c"
free_port; port=$found
free_port; upstream_port=$found
corefile "$port" <<COREFILE
.:$port {
    bind 127.0.0.1
    forward . 127.0.0.2:$upstream_port
    cache 30
}
COREFILE
start_server
timeout 900 "$work/poison" --port "$port" --upstream-port "$upstream_port" --races "$races" 2>&1 |
    tee "$work/poison.log" || true
# of KIND FIELD
of() { field "$2" "$(grep "^kind=$1 " "$work/poison.log" || true)"; }

equal "500 questions are answered" 500 "$(of misses answered)"
at_least "from so many ports" 490 "$(of misses ports)"
at_least "with so many IDs" 490 "$(of misses ids)"
# By chance one of 65,536 is the client's own.
at_most "which are not the client's: IDs" 1 "$(of misses client_ids)"
at_most "and ports" 1 "$(of misses client_ports)"
at_least "letters are capitals at random" 0.45 "$(of misses capitals)"
at_most "in half of the places" 0.55 "$(of misses capitals)"
equal "in every query" 0 "$(of misses lower_case)"
at_most "replies that are cut into fragments are never asked for" 1232 "$(of misses edns_size)"
equal "65,536 forged replies to the last port win no race" "$races 0 $races" \
    "$(of last races) $(of last won) $(of last right)"
equal "nor to the port in use" "$races 0 $races" "$(of current races) $(of current won) $(of current right)"
equal "where the question goes over TCP" "$races" "$(of current over_tcp)"
equal "a reply in other letters is not believed" "0 $(of case races)" "$(of case won) $(of case right)"
equal "a forged ICMP error frees no port, and the answer is believed" "0 $(of icmp races)" "$(of icmp freed) $(of icmp right)"
