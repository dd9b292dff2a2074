# Sourced by `image` and `install`: builds the release program with Swift's libraries inside.
# shellcheck shell=bash

# build_static_program: sets `program` to its path. It has a build directory of its own, since the flags differ.
build_static_program() {
    local flags=(-c release --static-swift-stdlib --scratch-path .build-image --product clusterdns)
    # No plug-in ever looks up a symbol of the program.
    flags+=(-Xlinker --no-export-dynamic)
    require_build_packages
    swift build "${flags[@]}"
    program=$(swift build "${flags[@]}" --show-bin-path)/clusterdns
}
