.DEFAULT_GOAL := help
.PHONY: help build test lint accept prove cluster cluster-down bench bench-smoke supply advisories compare compare-smoke bless deploy fidelity ready fuzz

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /:/' | awk -F: '{ printf "%-12s %s\n", $$1, $$2 }'

build: ## Build hlmc, and with it the root lab into out/
	cargo build --release --locked
	target/release/hlmc build

test: ## Run all tests that need nothing but Rust
	cargo test --workspace --locked

lint: ## Check formatting and run the lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo run --quiet --locked -- fmt --check lab.kdl nodes services integrations stdlib golden/labs

accept: ## Have the real programs accept every artifact of every lab, and run one (installs and builds what is missing)
	golden/consumers/install-debian.sh
	golden/consumers/build.sh
	cargo build --release --locked
	cargo test --profile accept --locked -p hlmc-accept -- --ignored
	HLMC_KILLS=500 cargo test --locked -p hlmc --test it killed -- --nocapture
	cargo test --locked -p hlmc --test it traced -- --ignored --nocapture
	cargo run --locked -p hlmc-accept
	$(MAKE) --no-print-directory fidelity DIR=golden/imports/job-files/before
	$(MAKE) --no-print-directory prove

# Where the job files lie that `make fidelity` measures.
DIR ?= golden/imports/job-files/before

fidelity: ## See whether the job files in DIR come out of hlmc as the jobs that they were: imported, and placed in services/
	golden/consumers/build.sh
	cargo build --release --locked -p hlmc-fidelity
	target/release/hlmc-fidelity --half $(DIR)

# Deployments that `make prove` kills; each takes a minute or two.
CLUSTER_KILLS ?= 2

prove: ## Boot golden/labs/nas-and-pis on this computer and try what its bundle promises (root; Debian; a quarter of an hour)
	golden/consumers/install-debian.sh
	golden/consumers/build.sh
	cargo build --release --locked
	cargo build --locked -p hlmc-cluster
	CLUSTER_KILLS=$(CLUSTER_KILLS) target/debug/cluster prove

cluster: ## Bring golden/labs/nas-and-pis up on this computer, a namespace a machine, and say where to look (root; Debian)
	golden/consumers/install-debian.sh
	golden/consumers/build.sh
	cargo build --release --locked
	cargo build --locked -p hlmc-cluster
	target/debug/cluster up

cluster-down: ## Take that down again; nothing of it stays
	cargo build --locked -p hlmc-cluster
	target/debug/cluster down

supply: ## Check what hlmc is made of, and list it in target/hlmc.cdx.json (CycloneDX)
	golden/supply/check.sh
	cargo test --locked -p hlmc-supply -- --include-ignored
	cargo run --quiet --locked -p hlmc-supply >target/hlmc.cdx.json

advisories: ## Fetch the database of known faults in crates, and check hlmc's against it
	golden/supply/check.sh --fetch

TARGET ?= compile
SECONDS ?= 600
FUZZ = compiler/fuzz/targets

fuzz: ## Fuzz a TARGET (parse, decode, compile, hcl) for so many SECONDS; wants nightly Rust and cargo-fuzz
	cargo run --quiet --locked -p hlmc-fuzz -- seeds $(TARGET) $(FUZZ)/corpus/seeds-$(TARGET)
	cargo run --quiet --locked -p hlmc-fuzz -- dictionary $(FUZZ)/dictionary
	mkdir -p $(FUZZ)/corpus/$(TARGET)
	RAYON_NUM_THREADS=1 cargo +nightly fuzz run --fuzz-dir $(FUZZ) --sanitizer none $(TARGET) \
		$(FUZZ)/corpus/$(TARGET) $(FUZZ)/corpus/seeds-$(TARGET) compiler/fuzz/corpus/$(TARGET) -- \
		-dict=$(FUZZ)/dictionary -max_len=65536 -rss_limit_mb=1024 -timeout=10 -max_total_time=$(SECONDS)

bench: ## Measure builds and checks of generated labs beside cp -r and plain writing; writes target/bench.json
	cargo build --release --locked -p hlmc -p hlmc-bench
	target/release/hlmc-bench
	golden/consumers/build.sh
	cargo build --release --locked -p hlmc-fidelity
	target/release/hlmc-fidelity --times $(DIR)

bench-smoke: ## See that the bench works, with a small lab
	cargo build --release --locked -p hlmc -p hlmc-bench
	target/release/hlmc-bench --smoke

compare: ## Measure what others need for the same files, after `make bench`; writes docs/performance.md
	golden/consumers/build.sh
	golden/bench/compare/install.sh
	cargo build --release --locked -p hlmc -p hlmc-bench
	golden/bench/compare/compare.py

compare-smoke: ## See that all that is compared renders what hlmc does, with a small lab
	golden/consumers/build.sh
	golden/bench/compare/install.sh
	cargo build --release --locked -p hlmc -p hlmc-bench
	golden/bench/compare/compare.py --smoke

bless: ## Take what the tests produce now as what they expect
	HLMC_BLESS=1 cargo test --workspace --locked

deploy: ## Deploy the bundle in out/
	out/deploy.sh

ready: lint test accept supply bench-smoke ## Run all that CI runs
