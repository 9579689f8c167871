# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the verbs of ./dev are made of; sourced, from the top of the tree.

# shellcheck disable=SC2034 # both are used by dev
BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config libevent-dev libc-ares-dev libssl-dev
    libyaml-dev libpcre2-dev libjansson-dev zlib1g-dev)
# shellcheck disable=SC2034
TEST_PACKAGES=(libcmocka-dev python3 python3-pytest python3-pytest-xdist python3-requests
    python3-httpx python3-aiohttp python3-h11 python3-jsonschema python3-yaml groff-base curl wget
    openssl node-undici)

if [[ -t 1 && -z "${NO_COLOR-}" ]]; then
    BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' RED='' GREEN='' PLAIN=''
fi

say()
{
    printf '%s▸ %s%s\n' "$BOLD" "$*" "$PLAIN"
}

# ---- packages ----

as_root()
{
    if [[ $EUID -eq 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

is_installed()
{
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

apt()
{
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >build/apt.log 2>&1 ||
        { cat build/apt.log >&2; return 1; }
}

# Installs those of the named packages that are missing.
need()
{
    local package missing=()
    for package; do
        is_installed "$package" || missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "installing ${missing[*]}"
    mkdir -p build
    if [[ -z "${APT_IS_FRESH-}" ]]; then
        apt update
        APT_IS_FRESH=yes
    fi
    apt install -y --no-install-recommends "${missing[@]}"
}

# The sanitizers' and libFuzzer's runtime comes in a package named after clang's version.
need_clang()
{
    need clang llvm
    need "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
}

# Any Node will do; only where there is none, Debian's.
need_node()
{
    command -v node >/dev/null || need nodejs
}

# Packages whose daemons nobody wants started: for as long as it takes, policy says no.
need_unstarted()
{
    local policy=/usr/sbin/policy-rc.d package
    for package; do
        is_installed "$package" || break
        [[ "$package" != "${*: -1}" ]] || return 0
    done
    if [[ -e $policy ]]; then
        need "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    local failed=0
    need "$@" || failed=1
    as_root rm -f "$policy"
    return "$failed"
}

# ---- building ----

# PRESET [CMAKE OPTION…]
configure()
{
    mkdir -p build
    cmake --preset "$@" >"build/configure.log" 2>&1 || { cat build/configure.log >&2; return 1; }
}

# BUILD FOLDER'S NAME [TARGET…]: quiet, unless something is wrong.
compile()
{
    local folder="build/$1" log="build/$1.log"
    shift
    say "building $folder"
    cmake --build "$folder" ${1:+--target "$@"} >"$log" 2>&1 || { grep -v '^\[' "$log" >&2; return 1; }
}

build_with_gcc()
{
    configure release -B build/gcc -DNAYSAY_WERROR=ON && compile gcc
}

build_with_clang()
{
    configure asan -DNAYSAY_WERROR=ON && compile asan
}

build_fuzzers()
{
    local targets
    mapfile -t targets < <(fuzz_targets)
    configure fuzz -DNAYSAY_TESTS=OFF && compile fuzz "${targets[@]}"
}

# ---- testing ----

# clang 14's ASan now and then dies at start where the kernel scatters mappings widely.
calmly()
{
    local bits
    bits="$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 32)"
    if [[ $bits -gt 28 ]] && setarch -R true 2>/dev/null; then
        setarch -R "$@"
    else
        "$@"
    fi
}

run_ctest()
{
    calmly ctest --test-dir "$1" -j "$(nproc)" --output-on-failure
}

# BINARY [PYTEST ARGS…]
run_pytest()
{
    local binary="$PWD/$1"
    shift
    (cd tests/integration && NAYSAY_BIN="$binary" PYTHONDONTWRITEBYTECODE=1 \
        calmly /usr/bin/python3 -m pytest -n "${PYTEST_JOBS:-auto}" -q "$@")
}

fuzz_targets()
{
    local target
    for target in fuzz/fz_*.c; do
        basename "$target" .c
    done
}

check_fuzz_target()
{
    [[ ! -f "fuzz/$1.c" ]] || return 0
    printf 'dev: no fuzz target "%s"; there are:\n' "$1" >&2
    fuzz_targets >&2
    return 2
}

# TARGET SECONDS [loud]: its corpus first, then that many seconds of new inputs.
fuzz_one()
{
    local target="$1" seconds="$2" work="build/fuzz/work/$1" log="build/fuzz/$1.log"
    local program dict options=(-print_final_stats=1 -timeout=10 -rss_limit_mb=2048)
    program="$(find build/fuzz -type f -name "$target" -perm -u+x | head -1)"
    for dict in fuzz/dict/"$target".dict fuzz/dict/"${target#fz_}".dict; do
        [[ ! -f $dict ]] || options+=(-dict="$dict")
    done
    mkdir -p "$work" "fuzz/corpus/$target" build/fuzz/found
    options+=(-artifact_prefix="build/fuzz/found/$target-")
    if [[ "${3-}" == loud ]]; then
        calmly "$program" "${options[@]}" -max_total_time="$seconds" "$work" "fuzz/corpus/$target"
        return
    fi
    if ! calmly "$program" "${options[@]}" -runs=0 "fuzz/corpus/$target" >"$log" 2>&1 ||
        ! calmly "$program" "${options[@]}" -max_total_time="$seconds" "$work" \
            "fuzz/corpus/$target" >>"$log" 2>&1; then
        tail -60 "$log" >&2
        return 1
    fi
    printf '  %-20s %9s executions, %s corpus files\n' "$target" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)" \
        "$(find "fuzz/corpus/$target" -type f | wc -l)"
}

fuzz_all()
{
    local target
    build_fuzzers || return
    for target in $(fuzz_targets); do
        fuzz_one "$target" "$1" || return
    done
}

# ---- a step of ./dev test, and what became of all of them ----

STEPS=()

# WORDS COMMAND…
step()
{
    local words="$1" from=$SECONDS state=0
    shift
    say "$words"
    "$@" || state=$?
    if [[ $state -eq 0 ]]; then
        STEPS+=("${GREEN}✔${PLAIN} $words ($((SECONDS - from)) s)")
    else
        STEPS+=("${RED}✘${PLAIN} $words ($((SECONDS - from)) s)")
        summary
        exit 1
    fi
}

summary()
{
    printf '\n'
    printf '%s\n' "${STEPS[@]}"
}

# ---- sources ----

c_sources()
{
    find src include fuzz tests -name '*.[ch]' -print0 | sort -z
}

shell_scripts()
{
    printf '%s\0' dev .ci/run
    find . -path ./build -prune -o -name '*.sh' -print0 | sort -z
}

# The analyzers see the code as it is compiled, tables included.
lint_c()
{
    configure release -B build/gcc -DNAYSAY_WERROR=ON
    compile gcc naysay
    say "cppcheck"
    cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability \
        --inline-suppr --suppress='*:build/*' --suppress=missingIncludeSystem \
        --error-exitcode=1 -D_GNU_SOURCE -DNAYSAY_VERSION='"0"' -Iinclude -Ibuild/gcc/generated src
    say "clang-tidy"
    find src -name '*.c' -print0 |
        xargs -0 -n 8 -P "$(nproc)" clang-tidy -p build/gcc --quiet 2>build/clang-tidy.log
}
