# Sourced by `install`: makes the server this machine's resolver, and never leaves the machine without one.
# shellcheck shell=bash

resolv_conf=/etc/resolv.conf
resolved_conf=/run/systemd/resolve/resolv.conf
drop_in=/etc/systemd/resolved.conf.d/clusterdns.conf
upstream_file=/etc/clusterdns/upstreams.conf

# Whether names are resolved by systemd-resolved: resolv.conf is its own, or names its stub.
uses_resolved() {
    case $(readlink "$root$resolv_conf") in */systemd/resolve/*) return 0 ;; esac
    grep -qs '^nameserver[[:space:]]*127\.0\.0\.53' "$root$resolv_conf"
}

# The name servers of a file, one a line, less those that can only be this machine's own resolver.
name_servers() {
    awk '$1 == "nameserver" { print $2 }' "$@" 2>/dev/null | grep -vxE '127\.0\.0\.(1|53|54)|::1' | awk '!seen[$0]++'
}

# find_upstreams: sets `upstreams`, from flags or from the resolver that is there now.
find_upstreams() {
    local file=$root$resolv_conf
    [ ${#upstreams[@]} -eq 0 ] || return 0
    # After the switch the file names this machine alone; the upstreams were kept.
    if uses_resolved; then file=$root$resolved_conf; fi
    mapfile -t upstreams < <(name_servers "$file" "$root$upstream_file")
}

# upstream_words: what stands behind `forward .` in the Corefile.
upstream_words() {
    local words=()
    # Kept up to date by systemd-resolved, whatever network the machine is in.
    if uses_resolved; then words+=("$resolved_conf"); fi
    if [ "$resolver" = yes ]; then
        words+=("$upstream_file")
    elif [ ${#upstreams_given[@]} -gt 0 ]; then
        words=("${upstreams_given[@]}")
    elif [ ${#words[@]} -eq 0 ]; then
        words=("$resolv_conf")
    fi
    echo "${words[*]}"
}

write_upstreams() {
    {
        echo "# Upstreams of clusterdns: those this machine asked before it. Edit them as in resolv.conf."
        printf 'nameserver %s\n' "${upstreams[@]}"
    } >"$work/upstreams.conf"
}

# switch: from here on this machine asks the server.
switch() {
    if uses_resolved; then switch_resolved; else switch_resolv_conf; fi
}

switch_resolved() {
    cat >"$work/resolved.conf" <<'CONF'
# All names are asked of clusterdns. Scripts/install --uninstall takes this away.
[Resolve]
DNS=
DNS=127.0.0.1
Domains=~.
DNSOverTLS=no
CONF
    [ "$dry_run" = yes ] || note "reload systemd-resolved.service"
    put "$drop_in" 644 "$work/resolved.conf"
    [ -n "$root" ] || step "let systemd-resolved read it" control reload-or-restart systemd-resolved.service
}

switch_resolv_conf() {
    {
        echo "# All names are asked of clusterdns. Scripts/install --uninstall puts back what was here."
        echo "nameserver 127.0.0.1"
        grep -sE '^[[:space:]]*(search|domain|options)[[:space:]]' "$root$resolv_conf" || true
    } >"$work/resolv.conf"
    put "$resolv_conf" 644 "$work/resolv.conf"
}

# check_switch: asks the way programs do now.
check_switch() {
    local address=127.0.0.1
    if uses_resolved; then address=127.0.0.53; fi
    answers_soon "$address" 10 || fail "nothing answers at $address after the switch, so it is undone"
}

# A program that writes resolv.conf will do so again.
name_other_writers() {
    if uses_resolved; then return; fi
    if control is-active NetworkManager.service 2>/dev/null; then
        say "NetworkManager may write $resolv_conf again; put \"dns=none\" under [main] in its configuration to keep it"
    fi
}
