# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder, which source it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/splitsr
target=${CARGO_TARGET_DIR:-$root/target}
cd "$root"

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The path of the browser for the tests, or Debian's, where none is found.
browser() { echo "${CHROMIUM:-$(command -v chromium || command -v google-chrome || echo /usr/bin/chromium)}"; }

# Targets of Rust besides this machine.
wasm=wasm32-unknown-unknown
arm=aarch64-unknown-linux-gnu

# Debian's packages that compile for them where rustup cannot download their standard library.
debian_rust="rustc-web cargo-web rust-web-src lld-19"

# toolchain_for TRIPLE: which toolchain compiles for it here: `rustup`, with the target's standard
# library installed; `debian`, whose rustc-web compiles the standard library as well; or none, an
# empty line.
toolchain_for() {
  if [ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ]; then
    echo rustup
  elif [ -d /usr/lib/rustlib/src/rust/library ] && [ -x /usr/bin/cargo ] && command -v wasm-ld-19 >/dev/null; then
    echo debian
  else
    echo
  fi
}

wasm_toolchain() { toolchain_for $wasm; }

# The compiler's flags for all that goes into a bundle, as CARGO_ENCODED_RUSTFLAGS. The sources'
# paths are in the messages of panics: without the home folder, and the same on every machine.
wasm_flags() {
  local flags
  flags=$(printf '%s\037' -Ctarget-feature=+simd128 '--cfg=getrandom_backend="wasm_js"' \
    "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=")
  printf %s "${flags%?}"
}

# wasm_cargo COMMAND...: cargo for the browser; CARGO_ENCODED_RUSTFLAGS applies to the library and
# its dependencies.
wasm_cargo() {
  local command=$1
  shift
  case $(wasm_toolchain) in
    rustup) cargo "$command" --target $wasm "$@" ;;
    debian)
      # Debian ships the standard library's sources only; building them is a nightly option.
      RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
        /usr/bin/cargo "$command" --target $wasm -Zbuild-std=std,panic_abort "$@"
      ;;
    *) fail "no toolchain for $wasm: run pkg-scripts/setup" ;;
  esac
}

# The site's npm packages, installed anew only when the lock file differs from the one that they
# were installed from.
node_packages() {
  local installed=www/node_modules/.installed-from.json
  if ! cmp -s www/package-lock.json "$installed"; then
    npm --prefix www ci --no-audit --no-fund
    cp www/package-lock.json "$installed"
  fi
}
