# shellcheck shell=bash
# What the steps of scripts/test do. Each function runs in a process of its own with `set -e`, in the root of the tree.
# STEP_RESULTS is where test results belong (see steps.sh). Needs log.sh, paths.sh, python.sh (PYTHON), build.sh.

# check_files PATTERN...: tracked and new files, not ignored ones.
check_files() {
    git -C "$REPO_ROOT" ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
        while read -r file; do
            [[ ! -f $REPO_ROOT/$file ]] || printf '%s\n' "$file"
        done
}

check_c_files() {
    check_files 'provider/*.[ch]' 'tests/*.[ch]'
}

check_c_format() {
    local files
    mapfile -t files < <(check_c_files)
    clang-format --dry-run -Werror "${files[@]}"
    echo "${#files[@]} C files are formatted"
}

# format_c: what check_c_format would complain of is mended.
format_c() {
    local files
    mapfile -t files < <(check_c_files)
    clang-format -i "${files[@]}"
}

check_shell() {
    local files
    mapfile -t files < <(check_files 'scripts/*' '.ci/*' '*.sh' | sort -u)
    shellcheck --external-sources "${files[@]}"
    echo "${#files[@]} shell files are clean"
}

check_python_style() {
    local files
    mapfile -t files < <(check_files '*.py')
    "$PYTHON" -m ruff check --no-cache "${files[@]}"
    "$PYTHON" -m ruff format --no-cache --check --quiet "${files[@]}"
    echo "${#files[@]} Python files are clean"
}

# format_python: what check_python_style would complain of in the layout is mended.
format_python() {
    local files
    mapfile -t files < <(check_files '*.py')
    "$PYTHON" -m ruff format --no-cache "${files[@]}"
}

# check_tidy PRESET: with that build's commands, on our own sources only, not on generated ones.
check_tidy() {
    local log=$REPO_ROOT/build/logs/tidy.full status=0
    run-clang-tidy -quiet -j 1 -p "$REPO_ROOT/build/$1" "^$REPO_ROOT/(provider|tests)/.*\.c$" \
        >"$log" 2>&1 &
    wait $! || status=$?
    sed -i 's/\x1b\[[0-9;]*m//g' "$log"
    grep -vE '^(clang-tidy|[0-9]+ warnings? generated|Suppressed|Use -header-filter)|^$' "$log" || true
    echo "clang-tidy: $(grep -c '^clang-tidy' "$log" || true) files, $(grep -cE ' error: ' "$log" || true) findings"
    return "$status"
}

# sanitizer_prefix PRESET: ThreadSanitizer of this compiler cannot live with the widest address randomisation.
sanitizer_prefix() {
    if [[ $1 == tsan ]] && setarch -R true 2>/dev/null; then
        printf 'setarch -R'
    fi
}

# sanitizer_environment DIRECTORY: reports go into files there, so that none is lost with the output of a process that
# a test started and forgot.
sanitizer_environment() {
    rm -rf "$1"
    mkdir -p "$1"
    export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:log_path=$1/asan
    export UBSAN_OPTIONS=print_stacktrace=1:log_path=$1/ubsan
    export TSAN_OPTIONS=ignore_noninstrumented_modules=1:second_deadlock_stack=1:log_path=$1/tsan
}

# sanitizer_verdict DIRECTORY STATUS: the status, or failure if there is a report.
sanitizer_verdict() {
    local reports
    reports=$(find "$1" -type f -size +0c)
    [[ -n $reports ]] || return "$2"
    # shellcheck disable=SC2086 # a list without blanks in it
    head -n 80 $reports
    echo "reports: $(wc -l <<<"$reports") in $1"
    return 1
}

# test_unit PRESET
test_unit() {
    local prefix
    read -r -a prefix <<<"$(sanitizer_prefix "$1")"
    "${prefix[@]}" ctest --preset "$1" --no-tests=error --output-junit "$STEP_RESULTS"
}

# test_python PYTEST_ARGUMENTS...
test_python() {
    "$PYTHON" -m pytest -q -p no:cacheprovider --junit-xml "$STEP_RESULTS" "$@"
}

# provider_choice PRESET: what of the black-box tests that build plays, as pytest says it: all of them where memory is watched, and elsewhere what
# only that build shows (docs/testing.md).
provider_choice() {
    case $1 in
    debug) printf uninstrumented ;;
    tsan) printf 'not one_call' ;;
    esac
}

# test_provider PRESET: the black-box tests over gRPC, against that build. Most of them wait most of the time.
test_provider() {
    local reports=$REPO_ROOT/build/logs/reports-provider-$1 status=0 prefix
    read -r -a prefix <<<"$(sanitizer_prefix "$1")"
    sanitizer_environment "$reports"
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    "${prefix[@]}" "$PYTHON" -m pytest -q -p no:cacheprovider -n 4 --dist worksteal --junit-xml "$STEP_RESULTS" \
        -m "$(provider_choice "$1")" tests/provider &
    wait $! || status=$?
    sanitizer_verdict "$reports" "$status"
}

# test_lives PRESET: the part of them that tells soonest whether a cloud works at all, and whether an input or a thread has no test.
test_lives() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/provider/test_lives.py tests/provider/test_coverage.py tests/provider/test_builds.py
}

# test_portable PRESET: the part of them that lives on what macOS does in another way than Linux: signals, the end of the
# process, waits.
test_portable() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/provider/test_process.py tests/provider/test_concurrency.py tests/provider/test_lives.py
}

# test_valgrind PRESET: a part of the same tests; gRPC's memory that is still reachable at the end is its own.
test_valgrind() {
    local reports=$REPO_ROOT/build/logs/reports-valgrind status=0
    rm -rf "$reports"
    mkdir -p "$reports"
    INFERENCE_BINARY=$(build_binary "$1")
    INFERENCE_WRAPPER="valgrind --quiet --error-exitcode=99 --leak-check=full"
    INFERENCE_WRAPPER+=" --show-leak-kinds=definite,indirect,possible"
    INFERENCE_WRAPPER+=" --errors-for-leak-kinds=definite,indirect,possible"
    INFERENCE_WRAPPER+=" --log-file=$reports/valgrind.%p"
    export INFERENCE_BINARY INFERENCE_WRAPPER
    test_python -m valgrind_smoke tests/provider &
    wait $! || status=$?
    sanitizer_verdict "$reports" "$status"
}

# test_chaos PRESET: faults between provider and clouds leave nothing worse than the committed baseline.
test_chaos() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/chaos
}

# test_macos PRESET: every file of that build compiles for macOS, too.
test_macos() {
    INFERENCE_RELEASE_BUILD=$REPO_ROOT/build/$1
    export INFERENCE_RELEASE_BUILD
    test_python tests/macos/test_compiles.py
}

# test_model PRESET: a few random lives; scripts/soak plays many.
test_model() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/model
}

# test_cli PRESET: the real CLI against the simulator.
test_cli() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/cli
}

# test_bench PRESET: that the benchmark still runs; its figures are read elsewhere.
test_bench() {
    build_preset "$1" bare-server
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY INFERENCE_BARE_SERVER=$REPO_ROOT/build/$1/tests/bench/bare-server
    test_python tests/bench
}

# test_dataplane PRESET: other clients call what `pulumi up` made, at the simulated clouds.
test_dataplane() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/dataplane
}

# test_live PRESET: scripts/live, with simulators in the place of the real services.
test_live() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/live
}

# test_sdk: the generator itself, and what it wrote in all languages.
test_sdk() {
    # -trimpath as in sdk_build_generator, so that nothing is compiled twice
    (cd sdk-gen && "$GO" vet -trimpath . && "$GO" test -trimpath -count=1 .)
    test_python tests/sdk
}

# test_docs PRESET: every code block of the pages in the root, docs/, examples/ and the schema.
test_docs() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/docs
}

# test_languages PRESET: programs in the languages that users write, with the SDKs that test_sdk compiled.
test_languages() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/languages
}

# test_convert PRESET: programs of Terraform's providers become ours.
test_convert() {
    INFERENCE_BINARY=$(build_binary "$1")
    export INFERENCE_BINARY
    test_python tests/convert
}

# test_release: makes the release twice, and tries it where nothing is installed.
test_release() {
    local elsewhere
    elsewhere=$(mktemp -d "${TMPDIR:-/tmp}/inference-release-elsewhere.XXXXXX")
    # shellcheck disable=SC2064 # that very folder
    trap "rm -rf '$elsewhere'" EXIT
    SOURCE_DATE_EPOCH=$(release_epoch)
    export SOURCE_DATE_EPOCH RELEASE_EPOCH=$SOURCE_DATE_EPOCH
    "$REPO_ROOT/scripts/release"
    release_elsewhere "$elsewhere"
    export RELEASE_DIST=$REPO_ROOT/build/dist RELEASE_SECOND_DIST=$elsewhere/tree/build/dist
    export RELEASE_CACHES=$CACHE_ROOT:$elsewhere/cache
    test_python tests/release
}

# test_release_macos: the archives for macOS, which nobody can run here.
test_release_macos() {
    local dist=$REPO_ROOT/build/dist-macos architecture
    rm -rf "$dist"
    mkdir -p "$dist"
    SOURCE_DATE_EPOCH=$(release_epoch)
    export SOURCE_DATE_EPOCH RELEASE_MACOS_DIST=$dist
    for architecture in darwin-arm64 darwin-amd64; do
        release_make "$architecture" "$dist"
    done
    test_python tests/macos/test_archive.py
}

check_demo() {
    "$REPO_ROOT/scripts/demo"
}
