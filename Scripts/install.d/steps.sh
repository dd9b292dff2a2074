# Sourced by `install`: steps that can be shown, undone when a later one fails, and undone by --uninstall.
# shellcheck shell=bash
#
# Two lists say how things were before: `journal` for the steps of this run, `manifest` for all runs. A line is written
# before its step is made, so that a run that is cut off can be undone too; undoing what was not done does nothing.
#   absent PATH       nothing was there           was PATH COPY     a file or link was there, and lies at COPY
#   nodir PATH        the directory was not there  disabled UNIT     the unit was not enabled
#   stopped UNIT      the unit did not run         reload UNIT       what reads a file above must read it again
#   state UNIT        the unit had no state directory
# `written` has the checksum of every file as it was written (`written.run` those of this run): one that differs has been
# edited since.

lists=$root/var/lib/clusterdns-install
journal=$lists/journal manifest=$lists/manifest written=$lists/written
owns_lists=no

say() { echo "$*"; }
fail() {
    echo "install: $*" >&2
    exit 1
}

# Two runs at once would undo each other's steps. What a step starts must not keep the lock.
take_lock() {
    exec 9>"$lists/lock"
    flock --nonblock 9 || fail "another installation is under way here; wait for its end"
    owns_lists=yes
}

# step WHAT COMMAND...: says what is done, and does it unless this is a dry run.
step() {
    say "$1"
    [ "$dry_run" = yes ] || "${@:2}" 9>&-
}

note() { printf '%s\n' "$*" >>"$journal"; }
checksum() { if [ -L "$1" ]; then readlink "$1"; else sha256sum <"$1" | cut -d' ' -f1; fi; }
# is_edited PATH: whether the file is another one than was written there.
is_edited() {
    local known
    known=$(cat "$written" "$written.run" 2>/dev/null | awk -F'\t' -v path="$1" '$1 == path { sum = $2 } END { print sum }')
    [ -n "$known" ] && [ "$known" != "$(checksum "$root$1")" ]
}
is_listed() { grep -qsE "^(absent|was) $1( |\$)" "$manifest"; }

make_directory() {
    local path=$1
    [ -d "$root$path" ] && return
    make_directory "$(dirname "$path")"
    note "nodir $path"
    mkdir "$root$path"
    chmod 755 "$root$path"
}

# remember PATH: keeps what is there.
remember() {
    local copy
    if [ -e "$root$1" ] || [ -L "$root$1" ]; then
        copy=$(mktemp -u "$lists/kept.XXXXXX")
        cp -a "$root$1" "$copy"
        note "was $1 $copy"
    else
        note "absent $1"
    fi
}

# write_file PATH MODE SOURCE: in one moment, so that no reader sees half a file.
write_file() {
    make_directory "$(dirname "$1")"
    remember "$1"
    # A file that is mounted over cannot be replaced, only written.
    if mountpoint -q "$root$1" 2>/dev/null; then
        cat "$3" >"$root$1"
    else
        install -m "$2" "$3" "$root$1.new"
        mv -fT "$root$1.new" "$root$1"
    fi
    printf '%s\t%s\n' "$1" "$(checksum "$root$1")" >>"$written.run"
}

# put PATH MODE SOURCE: writes the file, unless it is there already.
put() {
    if [ -f "$root$1" ] && [ ! -L "$root$1" ] && cmp -s "$3" "$root$1"; then
        say "$1 is there already"
    else
        step "write $1" write_file "$@"
    fi
}

# put_configuration PATH MODE SOURCE: leaves a file that somebody else has written or edited.
put_configuration() {
    if [ -e "$root$1" ] && { ! is_listed "$1" || is_edited "$1"; } && ! cmp -s "$3" "$root$1"; then
        say "keep $1, which is not as it was installed"
    else
        put "$@"
    fi
}

# control VERB ARGUMENT...: systemctl of the machine; in a staging root units can be enabled, and nothing runs.
control() {
    if [ -z "$root" ]; then
        systemctl --quiet "$@"
    else
        case $1 in
            enable | disable | is-enabled) systemctl --quiet --root="$root" "$@" ;;
            is-active) return 3 ;;
        esac
    fi
}
enable_unit() {
    if control is-enabled "$1" 2>/dev/null; then return; fi
    note "disabled $1"
    control enable "$1"
}
start_unit() {
    [ -z "$root" ] || return 0
    if control is-active "$1"; then
        control restart "$1"
    else
        note "stopped $1"
        control start "$1"
    fi
}

# undo LINE: one line of a list; says what it does, and goes on where there is nothing to undo.
undo() {
    local kind path copy
    read -r kind path copy <<<"$1"
    case $kind in
        absent | was)
            if [ "$keep_edited" = yes ] && [ -e "$root$path" ] && is_edited "$path" && ! names_us "$path"; then
                say "keep $path, which was changed since"
            elif [ "$kind" = absent ]; then
                step "remove $path" rm -f "$root$path"
            else
                step "put back $path as it was" restore "$path" "$copy"
            fi
            # Somebody may have read the old file a moment ago and be about to ask.
            if [ "$path" = /etc/resolv.conf ] && [ -z "$root" ] && [ "$dry_run" = no ]; then sleep 2; fi
            ;;
        nodir) step "remove $path, if nothing is left in it" remove_directory "$path" ;;
        disabled) step "disable $path" control disable "$path" || true ;;
        stopped) [ -n "$root" ] || step "stop $path" control stop "$path" || true ;;
        state) [ -n "$root" ] || step "remove the state of $path" control clean --what=state "$path" || true ;;
        reload) [ -n "$root" ] || step "let $path read its files again" reload "$path" || true ;;
    esac
}
# names_us PATH: a resolv.conf that asks the server, whoever has edited it, must not outlive the server.
names_us() { [ "$1" = /etc/resolv.conf ] && grep -qs '^nameserver[[:space:]]*127\.0\.0\.1$' "$root$1"; }
remove_directory() { rmdir "$root$1" 2>/dev/null || true; }
reload() { if [ "$1" = systemd ]; then control daemon-reload; else control reload-or-restart "$1"; fi; }
restore() {
    [ -e "$2" ] || [ -L "$2" ] || return 0
    if mountpoint -q "$root$1" 2>/dev/null; then
        cat "$2" >"$root$1"
    else
        cp -a "$2" "$root$1.new"
        mv -fT "$root$1.new" "$root$1"
    fi
}

# undo_list FILE: the last line first.
undo_list() {
    local line
    tac "$1" 2>/dev/null | while read -r line; do undo "$line"; done
}

# roll_back: undoes the steps of this run, or of one that was cut off.
roll_back() {
    keep_edited=no
    undo_list "$journal"
    sed -n 's/^was .* //p' "$journal" | xargs -r rm -f
    rm -f "$journal" "$written.run"
}

# keep_steps: the run has succeeded. What the manifest knows already was ours, so its copy is of no more use.
keep_steps() {
    local kind path copy
    while read -r kind path copy; do
        if grep -qsE "^$kind $path( |\$)" "$manifest" || { [ "$kind" = was ] && is_listed "$path"; }; then
            [ -z "$copy" ] || rm -f "$copy"
        else
            echo "$kind $path${copy:+ $copy}" >>"$manifest"
        fi
    done <"$journal"
    cat "$written.run" >>"$written" 2>/dev/null || true
    rm -f "$journal" "$written.run"
}

# forget_lists: nothing is installed any more.
forget_lists() {
    rm -rf "$lists"
    # A staging root may have had no /var/lib before.
    [ -z "$root" ] || (cd "$root" && rmdir -p --ignore-fail-on-non-empty var/lib 2>/dev/null) || true
}
