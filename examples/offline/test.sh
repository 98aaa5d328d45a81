#!/usr/bin/env bash
# Plays the project in this folder against simulated clouds: no account, and nothing leaves this machine. Needs
# `pulumi` with the provider's plugin, and `inference-simulator`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# A simulator of its own, a state of its own.
work=$(mktemp -d)
inference-simulator hf --exports >"$work/simulator.env" &
simulator=$!
trap 'kill "$simulator"; rm -rf "$work" Pulumi.offline.yaml' EXIT
until [[ -s $work/simulator.env ]]; do
    kill -0 "$simulator" # it ended: so does this
    sleep 0.1
done
# shellcheck source=/dev/null
source "$work/simulator.env"
export PULUMI_BACKEND_URL=file://$work PULUMI_CONFIG_PASSPHRASE=offline

pulumi stack init offline
pulumi up --yes --skip-preview

# What the program promises.
[[ $(pulumi stack output endpointId) == acme/chat ]]
[[ $(pulumi stack output baseUrl) == http://127.0.0.1:*/v1 ]]

# The same program again changes nothing, and what it made can go.
pulumi up --yes --skip-preview --expect-no-changes
pulumi destroy --yes --skip-preview --remove
