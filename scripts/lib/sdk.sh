# shellcheck shell=bash
# The SDKs of all languages: sdk-gen is built, run on schema.json into build/sdk, and what compiles its results is fetched.
# Needs log.sh, paths.sh, apt.sh, python.sh, go.sh, npm.sh.

SDK_OUT=$REPO_ROOT/build/sdk
SDK_TESTS=$REPO_ROOT/tests/sdk
SDK_MAVEN=$CACHE_ROOT/maven
readonly SDK_OUT SDK_TESTS SDK_MAVEN

# sdk_build_generator: into build/sdk-gen; Go's cache knows whether there is anything to do.
sdk_build_generator() {
    cd "$REPO_ROOT/sdk-gen" && "$GO" build -p 2 -trimpath -o "$REPO_ROOT/build/sdk-gen" .
}

# sdk_java_require: a JDK of 11 or newer, and Maven.
sdk_java_require() {
    command -v javac >/dev/null && command -v mvn >/dev/null && return 0
    apt_require openjdk-17-jdk-headless maven
}

# sdk_require: everything the steps `sdk` and `languages` need beside the CLI, and the SDKs themselves. Sets SDK_OUT,
# SDK_NODE_MODULES, SDK_MAVEN.
sdk_require() {
    go_require
    npm_require
    sdk_java_require
    SDK_NODE_MODULES=$(npm_packages sdk "$SDK_TESTS/nodejs")/node_modules
    log_with_heartbeat "sdk-gen" "" log_quietly "$CACHE_ROOT/log/sdk-gen.log" sdk_build_generator
    log_quietly "$CACHE_ROOT/log/sdk-gen-run.log" "$REPO_ROOT/build/sdk-gen" \
        --schema "$REPO_ROOT/schema.json" --licence "$REPO_ROOT/LICENSE" --out "$SDK_OUT"
    export SDK_OUT SDK_NODE_MODULES SDK_MAVEN
    log_note "SDKs in $SDK_OUT"
}
