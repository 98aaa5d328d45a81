# shellcheck shell=bash
# What the demo shows, as data, and how it plays one example. Needs log.sh, paths.sh, apt.sh, python.sh, go.sh, pulumi.sh,
# simulator.sh, stack.sh.

# cloud  folder of the program  what it is
DEMO_EXAMPLES=(
    "hf examples/hf/yaml Hugging Face Inference Endpoints"
    "ark examples/ark/yaml BytePlus ModelArk"
    "maas examples/maas/yaml Huawei Cloud MaaS"
    "tir examples/tir/yaml E2E Networks TIR"
)
# cloud  kind  key  value; {url} is where the simulated cloud listens
DEMO_CONFIG=(
    "hf plain  inference:hfEndpoint  {url}"
    "hf plain  inference:hfNamespace acme"
    "hf secret inference:hfToken     hf_simulator_write"
    "ark plain  inference:arkEndpoint  {url}"
    "ark secret inference:arkAccessKey AKTESTEXAMPLE0000001"
    "ark secret inference:arkSecretKey SKTESTexampleSecretKey0123456789=="
    "maas plain  inference:maasEndpoint  {url}"
    "maas plain  inference:maasIamEndpoint {url}"
    "maas plain  inference:maasDataPlaneEndpoint {url}"
    "maas secret inference:maasAccessKey MAASEXAMPLEAK0000001"
    "maas secret inference:maasSecretKey maasExampleSecretKey00000000000000000001"
    "tir plain  inference:tirEndpoint  {url}/myaccount/api/v1/gpu"
    "tir plain  inference:tirProjectId 501"
    "tir plain  inference:tirTeamId 7"
    "tir plain  inference:tirLocation Delhi"
    "tir secret inference:tirAuthToken tir_simulator_token"
    "tir secret inference:tirApiKey tir_simulator_key"
)
# shellcheck disable=SC2034 # used by scripts/demo
readonly DEMO_CONFIG

# The Pulumi CLI's build, while one runs: a process group of its own.
DEMO_CLI_PID=

# demo_announce: how long it takes, and what it installs, before anything is done.
demo_announce() {
    local missing
    missing=$(apt_missing "${APT_BUILD_PACKAGES[@]}" | wc -l)
    if pulumi_on_path || [[ -x $(pulumi_directory)/pulumi ]]; then
        log_note "This takes about a minute"
    else
        log_note "This takes about nine minutes on two cores, of which the Pulumi CLI, built once, takes most"
    fi
    log_note "It installs $missing Debian packages; all else goes to $CACHE_ROOT and build/"
}

# demo_prepare_cli: begins to build the CLI, if there is none, while other things are prepared.
demo_prepare_cli() {
    set -m
    pulumi_require &
    DEMO_CLI_PID=$!
    set +m
}

# demo_await_cli: puts the CLI on PATH.
demo_await_cli() {
    wait "$DEMO_CLI_PID" || log_die "there is no Pulumi CLI"
    DEMO_CLI_PID=
    pulumi_require
}

# demo_stop_cli: harmless when it is not being built.
demo_stop_cli() {
    [[ -z $DEMO_CLI_PID ]] || kill -- "-$DEMO_CLI_PID" 2>/dev/null || true
}

# demo_choose CLOUD...: leaves in DEMO_EXAMPLES the rows of these clouds, or all.
demo_choose() {
    local row name chosen=()
    for name in "$@"; do
        row=$(printf '%s\n' "${DEMO_EXAMPLES[@]}" | grep "^$name ") ||
            log_die "there is no cloud $name: choose from $(printf '%s\n' "${DEMO_EXAMPLES[@]}" | cut -d ' ' -f 1 | xargs)"
        chosen+=("$row")
    done
    ((${#chosen[@]} == 0)) || DEMO_EXAMPLES=("${chosen[@]}")
}

# demo_configure CLOUD: the stack's configuration, as a user would set it.
demo_configure() {
    local row cloud kind key value url flags
    url=$(simulator_url "$1")
    for row in "${DEMO_CONFIG[@]}"; do
        read -r cloud kind key value <<<"$row"
        [[ $cloud == "$1" ]] || continue
        flags=()
        [[ $kind == plain ]] || flags=(--secret)
        if [[ $kind == plain ]]; then
            log_note "pulumi config set $key ${value//\{url\}/$url}"
        else
            log_note "pulumi config set --secret $key ..."
        fi
        stack_pulumi config set "${flags[@]}" "$key" "${value//\{url\}/$url}"
    done
}

# demo_play CLOUD DIRECTORY TITLE: the life of one example, in a copy of its folder.
demo_play() {
    local cloud=$1 work=$DEMO_DIRECTORY/$1 title=$3
    cp -R "$REPO_ROOT/$2" "$work"
    cd "$work" || return
    log_step "$title: a new stack for $2"
    stack_pulumi stack init demo --secrets-provider passphrase
    demo_configure "$cloud"
    log_step "$title: pulumi up, which creates the endpoint and waits until it serves"
    DEMO_STACK=$work
    stack_pulumi up --yes --suppress-permalink=true
    log_note "requests the cloud has served: $(simulator_tally "$cloud")"
    log_step "$title: its outputs"
    stack_pulumi stack output --json
    log_step "$title: pulumi up once more, which must change nothing"
    stack_pulumi up --yes --skip-preview --expect-no-changes --suppress-permalink=true
    log_step "$title: pulumi destroy"
    stack_pulumi destroy --yes --skip-preview --remove --suppress-permalink=true
    log_note "requests the cloud has served: $(simulator_tally "$cloud")"
    # shellcheck disable=SC2034 # the clean-up of scripts/demo asks whether a stack is left
    DEMO_STACK=
}
