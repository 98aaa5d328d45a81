# shellcheck shell=bash
# The parts of scripts/soak: a function soak_<part> SECONDS each. Needs paths.sh, python.sh (PYTHON), build.sh, pulumi.sh,
# engines.sh.

# shellcheck disable=SC2034 # used by scripts/soak
SOAK_PARTS=(chaos model fuzz haul coverage engines scale)

# What a whole soak takes: twenty minutes for each fuzz target. Less is given when there is less time.
SOAK_TARGET_SECONDS=1200
# Lines of provider/ that run in the tests over gRPC and the unit tests, in percent.
SOAK_COVERAGE_LEAST=92

# soak_quietly NAME COMMAND...: the output goes into a log and is shown only if the command fails.
soak_quietly() {
    local file=$REPO_ROOT/build/logs/soak-$1.log
    shift
    mkdir -p "$(dirname "$file")"
    "$@" >"$file" 2>&1 || {
        tail -n 60 "$file" >&2
        echo "all output: $file" >&2
        return 1
    }
}

# soak_chaos SECONDS: new cases of tests/chaos.
soak_chaos() {
    INFERENCE_BINARY=$(build_binary release)
    export INFERENCE_BINARY
    (cd "$REPO_ROOT/tests/chaos" && "$PYTHON" -m chaos soak --seconds "$1" --seed "$SOAK_SEED")
}

# soak_fuzz SECONDS: every target of tests/fuzz, one after the other, on from its corpus. What makes one fail is left in build/fuzz/found/<target>.
soak_fuzz() {
    local name seconds program folder targets=() failed=()
    for name in "$REPO_ROOT"/tests/fuzz/fuzz_*.c; do
        name=${name##*/fuzz_}
        targets+=("${name%.c}")
    done
    soak_quietly fuzz build_preset fuzz fuzzers || return
    seconds=$(($1 / ${#targets[@]}))
    ((seconds <= SOAK_TARGET_SECONDS)) || seconds=$SOAK_TARGET_SECONDS
    for name in "${targets[@]}"; do
        program=$REPO_ROOT/build/fuzz/tests/fuzz/fuzz_$name
        folder=$REPO_ROOT/build/fuzz/found/$name
        mkdir -p "$folder/corpus"
        "$program" -max_total_time="$seconds" -seed="$((SOAK_SEED % 4294967295 + 1))" \
            -timeout=20 -rss_limit_mb=2048 -max_len=6000 -print_final_stats=1 \
            -artifact_prefix="$folder/" "$folder/corpus" "$REPO_ROOT/tests/fuzz/corpus/$name" \
            >"$folder/log" 2>&1 || failed+=("$name")
        printf '%-10s %12s inputs in %s s\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log")" "$seconds"
    done
    for name in "${failed[@]}"; do
        grep -aE 'does not hold|^SUMMARY|Test unit written' "$REPO_ROOT/build/fuzz/found/$name/log"
    done
    ((${#failed[@]} == 0))
}

# soak_haul SECONDS: 2,000 lives with faults and 100,000 calls against one process, or what the time is enough for.
soak_haul() {
    "$PYTHON" "$REPO_ROOT/tests/bench/haul.py" --binary "$(build_binary release)" \
        --lives 2000 --calls 100000 --seconds "$1" --seed "$SOAK_SEED"
}

# soak_coverage SECONDS: which lines of provider/ run in the unit tests, the tests over gRPC and some chaos; the time is what it takes.
soak_coverage() {
    local folder=$REPO_ROOT/build/coverage programs=() arguments=() total
    soak_quietly coverage build_preset coverage || return
    rm -rf "$folder/profiles"
    export LLVM_PROFILE_FILE=$folder/profiles/%m-%p.profraw
    soak_quietly covered soak_covered || return
    find "$folder/profiles" -name '*.profraw' >"$folder/profiles.txt"
    llvm-profdata merge -sparse -f "$folder/profiles.txt" -o "$folder/all.profdata" || return
    mapfile -t programs < <(find "$folder/tests" -type f -executable \
        \( -name 'test_*' -o -name 'replay_*' -o -name 'pulumi-resource-*' \))
    arguments=("${programs[@]/#/-object=}")
    llvm-cov report "$(build_binary coverage)" "${arguments[@]}" \
        -instr-profile="$folder/all.profdata" \
        -ignore-filename-regex='(^|/)(generated|tests)/' 2>/dev/null |
        awk 'NF >= 10 { printf "%-52s %7s %7s %8s\n", $1, $8, $9, $10 }' | tee "$folder/report.txt"
    total=$(awk '$1 == "TOTAL" { print $4 + 0 }' "$folder/report.txt")
    awk -v have="${total:-0}" -v least="$SOAK_COVERAGE_LEAST" 'BEGIN { exit have <= least }' ||
        {
            echo "lines that run: ${total:-0} %, not more than $SOAK_COVERAGE_LEAST %" >&2
            return 1
        }
}

# soak_covered: the tests whose lines count.
soak_covered() {
    INFERENCE_BINARY=$(build_binary coverage)
    export INFERENCE_BINARY
    ctest --preset coverage --no-tests=error &&
        "$PYTHON" -m pytest -q -p no:cacheprovider -n 2 "$REPO_ROOT/tests/provider" &&
        (cd "$REPO_ROOT/tests/chaos" && "$PYTHON" -m chaos soak --seconds 60 --seed "$SOAK_SEED")
}

# soak_model: 500 random lives per cloud of tests/model, however long they take.
soak_model() {
    INFERENCE_BINARY=$(build_binary release) MODEL_SEQUENCES=500 MODEL_SEED=$SOAK_SEED \
        "$PYTHON" -m pytest -q -s -p no:cacheprovider -n 2 "$REPO_ROOT/tests/model"
}

# soak_engines SECONDS: a life per cloud with the newest, the pinned and the oldest CLI, and docs/engines.md from what came of it; however long
# it takes.
soak_engines() {
    local version results=() commit
    pulumi_require
    INFERENCE_BINARY=$(build_binary release)
    export INFERENCE_BINARY
    commit=$(git -C "$REPO_ROOT" rev-parse --short HEAD)
    for version in $(engines_versions | head -n 1) "$(pulumi_pinned_version)" $(engines_versions | tail -n +2); do
        ENGINE_CLI=$PULUMI_CLI
        [[ $version == "$(pulumi_pinned_version)" ]] || engine_require "$version"
        results+=("$REPO_ROOT/build/logs/engine-$version.xml")
        PULUMI_CLI=$ENGINE_CLI soak_quietly "engine-$version" "$PYTHON" -m pytest -q -p no:cacheprovider \
            --junit-xml "${results[-1]}" "$REPO_ROOT/tests/cli/all/test_engine_life.py" || true
    done
    "$PYTHON" "$REPO_ROOT/tests/toolchain/engines/report.py" --commit "$commit" --out "$REPO_ROOT/docs/engines.md" "${results[@]}"
}

# soak_scale SECONDS: 5,000 endpoints over four clouds in one stack, and 200 whose requests are throttled; however long it takes.
soak_scale() {
    pulumi_require
    "$PYTHON" "$REPO_ROOT/tests/bench/scale.py" --binary "$(build_binary release)" --pulumi "$PULUMI_CLI" \
        --endpoints 5000 --throttled 200
}
