# shellcheck shell=bash
# Runs a table of steps with their order, keeps two cores busy and no more, and sums up at the end. A step is a row:
#
#     name  cores  after  needs  command...
#
# `cores` is how many of the two it takes, `after` the steps that must have passed (comma list, - for none), `needs` the
# preparations it wants (for the caller). Each step's output goes to a file and its closing lines are shown when it ends.
# A step that runs tests leaves their results as JUnit XML in the file that STEP_RESULTS names. What each step took is
# kept beside it, in steps.tsv: first the run (date, command), then a row for each step, and one for all. Needs log.sh.

STEPS_CORES=2
STEPS_LIMIT_SECONDS=2400
STEPS_SHOWN_LINES=12
declare -a STEPS_NAMES=()
declare -A STEPS_NEED_CORES=() STEPS_AFTER=() STEPS_NEEDS=() STEPS_COMMAND=()
declare -A STEPS_GROUPS=()
declare -A STEPS_RESULT=() STEPS_SECONDS=() STEPS_BEGAN=() STEPS_PID=()

# steps_add ROW
steps_add() {
    local name cores after needs command
    read -r name cores after needs command <<<"$1"
    STEPS_NAMES+=("$name")
    STEPS_NEED_CORES[$name]=$cores
    STEPS_AFTER[$name]=${after//,/ }
    STEPS_NEEDS[$name]=${needs//,/ }
    STEPS_COMMAND[$name]=$command
    [[ $after != - ]] || STEPS_AFTER[$name]=
    [[ $needs != - ]] || STEPS_NEEDS[$name]=
}

# steps_add_group ROW: a name for several steps, which stand behind it.
steps_add_group() {
    local name steps
    read -r name steps <<<"$1"
    STEPS_GROUPS[$name]=$steps
}

# steps_list: the steps and the groups, one a line.
steps_list() {
    printf '%s\n' "${STEPS_NAMES[@]}" "${!STEPS_GROUPS[@]}"
}

# steps_with_predecessors NAME...: prints those steps (or those of these groups) and all they come after, one a line.
steps_with_predecessors() {
    local name
    for name in "$@"; do
        if [[ -n ${STEPS_GROUPS[$name]:-} ]]; then
            # shellcheck disable=SC2086 # a list
            steps_with_predecessors ${STEPS_GROUPS[$name]}
            continue
        fi
        [[ -n ${STEPS_COMMAND[$name]:-} ]] ||
            log_die "no step '$name'; there are: $(steps_list | tr '\n' ' ')"
        printf '%s\n' "$name"
        # shellcheck disable=SC2086 # a list
        [[ -z ${STEPS_AFTER[$name]} ]] || steps_with_predecessors ${STEPS_AFTER[$name]}
    done
}

# steps_keep NAME...: forget all other steps.
steps_keep() {
    local name wanted kept=()
    wanted=" $(steps_with_predecessors "$@" | sort -u | tr '\n' ' ')" || exit 1
    for name in "${STEPS_NAMES[@]}"; do
        [[ $wanted != *" $name "* ]] || kept+=("$name")
    done
    STEPS_NAMES=("${kept[@]}")
}

# steps_need PREPARATION: does any step want it?
steps_need() {
    local name
    for name in "${STEPS_NAMES[@]}"; do
        [[ " ${STEPS_NEEDS[$name]} " != *" $1 "* ]] || return 0
    done
    return 1
}

# Start a step in a process group of its own, so that all it started can be ended with it.
steps_start() {
    local name=$1 command
    read -r -a command <<<"${STEPS_COMMAND[$name]}"
    STEPS_BEGAN[$name]=$SECONDS
    STEPS_RESULT[$name]=running
    rm -f "$STEPS_LOGS/$name.xml"
    set -m
    (
        set -euo pipefail
        export STEP_RESULTS=$STEPS_LOGS/$name.xml
        "${command[@]}"
    ) >"$STEPS_LOGS/$name.log" 2>&1 </dev/null &
    STEPS_PID[$name]=$!
    set +m
    log_note "$name: started"
}

# steps_record WORD...: a row of steps.tsv.
steps_record() {
    local IFS=$'\t'
    printf '%s\n' "$*" >>"$STEPS_LOGS/steps.tsv"
}

# Record and show how a step ended.
steps_finish() {
    local name=$1 status=$2 shown=$STEPS_SHOWN_LINES
    STEPS_SECONDS[$name]=$((SECONDS - STEPS_BEGAN[$name]))
    STEPS_RESULT[$name]=passed
    if ((status != 0)); then
        STEPS_RESULT[$name]=FAILED
        shown=200
    fi
    steps_record "$name" "${STEPS_RESULT[$name]}" "${STEPS_SECONDS[$name]}"
    log_step "$name: ${STEPS_RESULT[$name]} after ${STEPS_SECONDS[$name]} s"
    tail -n "$shown" "$STEPS_LOGS/$name.log" | sed 's/^/    /'
}

# May the step begin now? 0 yes, 1 not yet, 2 never (a predecessor failed).
steps_ready() {
    local before
    for before in ${STEPS_AFTER[$1]}; do
        case ${STEPS_RESULT[$before]} in
        passed) ;;
        FAILED | skipped) return 2 ;;
        *) return 1 ;;
        esac
    done
}

steps_start_what_fits() {
    local name ready
    for name in "${STEPS_NAMES[@]}"; do
        [[ ${STEPS_RESULT[$name]} == waiting ]] || continue
        ready=0
        steps_ready "$name" || ready=$?
        if ((ready == 2)); then
            STEPS_RESULT[$name]=skipped
        elif ((ready == 0 && steps_used + STEPS_NEED_CORES[$name] <= STEPS_CORES)); then
            steps_start "$name"
            steps_used=$((steps_used + STEPS_NEED_CORES[$name]))
        fi
    done
}

steps_reap() {
    local name status
    for name in "${!STEPS_PID[@]}"; do
        if kill -0 "${STEPS_PID[$name]}" 2>/dev/null; then
            if ((SECONDS - STEPS_BEGAN[$name] > STEPS_LIMIT_SECONDS)); then
                echo "longer than $STEPS_LIMIT_SECONDS s: ended" >>"$STEPS_LOGS/$name.log"
                kill -KILL -- "-${STEPS_PID[$name]}" 2>/dev/null || true
            fi
            continue
        fi
        status=0
        wait "${STEPS_PID[$name]}" 2>/dev/null || status=$?
        unset "STEPS_PID[$name]"
        steps_used=$((steps_used - STEPS_NEED_CORES[$name]))
        steps_finish "$name" "$status"
    done
}

# steps_run LOG_DIRECTORY COMMAND: all of them, for the user's COMMAND. Results are in STEPS_RESULT; the function itself does not fail. It must not be
# called in a condition: bash would forget `set -e` in the steps.
steps_run() {
    local name steps_used=0 heartbeat=$((SECONDS + 60))
    STEPS_LOGS=$1
    mkdir -p "$STEPS_LOGS"
    rm -f "$STEPS_LOGS/steps.tsv"
    steps_record "$(date -u +%FT%TZ)" "$2"
    for name in "${STEPS_NAMES[@]}"; do
        STEPS_RESULT[$name]=waiting
        STEPS_SECONDS[$name]=0
    done
    while :; do
        steps_start_what_fits
        ((${#STEPS_PID[@]} > 0)) || break
        sleep 0.3
        steps_reap
        if ((SECONDS >= heartbeat)); then
            log_note "running: ${!STEPS_PID[*]}"
            heartbeat=$((SECONDS + 60))
        fi
    done
}

# steps_stop: end what still runs, with all its children.
steps_stop() {
    local pid
    for pid in "${STEPS_PID[@]}"; do
        kill -TERM -- "-$pid" 2>/dev/null || true
    done
    STEPS_PID=()
}

# steps_summary: the table at the end; fails unless every step passed.
steps_summary() {
    local name failed=0 result=passed seconds
    printf '\n%-18s %-8s %s\n' step result seconds
    for name in "${STEPS_NAMES[@]}"; do
        printf '%-18s %-8s %7d\n' "$name" "${STEPS_RESULT[$name]:-not run}" "${STEPS_SECONDS[$name]:-0}"
        [[ ${STEPS_RESULT[$name]:-} == passed ]] || failed=$((failed + 1))
    done
    ((failed == 0)) || result=FAILED
    seconds=$((SECONDS - LOG_START_SECONDS))
    printf '%-18s %-8s %7d\n' all "$result" "$seconds"
    [[ -z ${STEPS_LOGS:-} ]] || steps_record all "$result" "$seconds"
    ((failed == 0))
}
