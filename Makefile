# Short names for the scripts; `make` alone lists them.
MINUTES ?= 10

.PHONY: help build test fast lint fmt docs demo soak

help:
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

build: ## the debug build, in build/debug
	./scripts/test --only build-debug

test: ## everything: all builds, all checks, all tests
	./scripts/test

fast: ## formatting, debug build, unit tests, one life per cloud: under two minutes once built
	./scripts/test --only fast

lint: ## formatting, shellcheck, ruff, clang-tidy
	./scripts/test --only lint

fmt: ## lay out C and Python anew
	./scripts/fmt

docs: ## render schema.json and docs/ anew
	./scripts/docs

demo: ## the provider at work against simulated clouds
	./scripts/demo

soak: ## what takes longer, for MINUTES=10
	./scripts/soak --minutes $(MINUTES)
