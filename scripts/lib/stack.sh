# shellcheck shell=bash
# A Pulumi stack that lives in a temporary folder: own home, own state, no network but the clouds it manages.
# Needs log.sh, paths.sh, pulumi.sh (PULUMI_CLI), build.sh.

# stack_environment DIRECTORY: everything the CLI would keep or ask for elsewhere is kept there.
stack_environment() {
    mkdir -p "$1/home" "$1/state"
    export PULUMI_HOME=$1/home
    export PULUMI_BACKEND_URL=file://$1/state
    export PULUMI_CONFIG_PASSPHRASE=demo
    export PULUMI_SKIP_UPDATE_CHECK=true
    export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
    export PULUMI_DISABLE_REGISTRY_RESOLVE=true
    export PULUMI_SKIP_CONFIRMATIONS=true
    export NO_COLOR=1
    export NO_PROXY=127.0.0.1,localhost,::1${NO_PROXY:+,$NO_PROXY} no_proxy=127.0.0.1,localhost,::1${no_proxy:+,$no_proxy}
    unset PULUMI_IGNORE_AMBIENT_PLUGINS PULUMI_ACCESS_TOKEN
}

# stack_install_provider BINARY DIRECTORY: the way a release gets into the CLI's plugin cache, without a download.
stack_install_provider() {
    local binary=$1 archive=$2/provider.tar.gz version
    version=$("$binary" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]*' | head -n 1)
    tar -C "$(dirname "$binary")" -czf "$archive" "$(basename "$binary")"
    "$PULUMI_CLI" plugin install resource inference "$version" --file "$archive" --non-interactive
}

# stack_pulumi ARGUMENTS...: the CLI, without colours and questions.
stack_pulumi() {
    "$PULUMI_CLI" --non-interactive --color never "$@"
}
