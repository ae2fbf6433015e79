#!/usr/bin/env bash
# Gradescope runs this once, with a network, when it builds the autograder's image: it installs
# what is missing, and compiles the course. Afterwards no submission needs the network.
set -euo pipefail

root=${AUTOGRADER_ROOT:-/autograder}
course=$root/source/course
export CARGO_HOME=$root/rust/cargo PATH=$root/rust/cargo/bin:$PATH
if [ -d "$root/rust/rustup" ]; then export RUSTUP_HOME=$root/rust/rustup; fi

lacking() { ! command -v "$1" >/dev/null; }

packages=()
if lacking bwrap; then packages+=(bubblewrap); fi
if lacking setpriv; then packages+=(util-linux); fi
if lacking cc; then packages+=(gcc libc6-dev); fi
if lacking curl; then packages+=(curl ca-certificates); fi
if ((${#packages[@]})); then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y --no-install-recommends "${packages[@]}"
fi

# Submissions are compiled by a user without rights, whom root becomes: a Rust that only root may use
# is none, nor is one that is too old.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi

can_build() {
  local needed version
  needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$course/crates/grader/Cargo.toml")
  read -r _ version _ <<<"$("${as[@]}" rustc --version 2>/dev/null)"
  printf '%s\n' "$needed" "$version" | sort -VC &&
    "${as[@]}" cargo metadata --no-deps --format-version 1 \
      --manifest-path "$course/Cargo.toml" >/dev/null 2>&1
}
if ! can_build; then
  export RUSTUP_HOME=$root/rust/rustup
  curl --proto '=https' --tlsv1.2 --retry 3 -sSf https://sh.rustup.rs -o "$root/rustup.sh"
  sh "$root/rustup.sh" -y --no-modify-path --profile minimal --default-toolchain stable
fi

cd "$course"
cargo fetch --locked
cargo build --locked --offline -p grader -p checks
# Apart from the others, as the grader builds them: then nothing is left to do for it.
cargo build --locked --offline -p 'lesson-*'
