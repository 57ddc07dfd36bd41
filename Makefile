# Framecraft. `make run` starts it, `make test` tests all of it; `make help` lists the rest.

GO      ?= go
ADDR    ?= 127.0.0.1:8080
GOROOT  := $(shell $(GO) env GOROOT)
OUT     := .build
DIST    := static/dist
WASM    := $(DIST)/protocol.wasm
NODE_GO := $(GOROOT)/lib/wasm/go_js_wasm_exec
# The limit of the module's brotli form, in bytes; `make size` holds it.
WASM_LIMIT := 430000
FUZZTIME   ?= 20s
FUZZJOBS   ?= 2
FOR        ?= 1m

GO_FILES   := $(wildcard protocol/*.go wasm/*.go)
PAGE_FILES := $(wildcard static/*.html static/*.mjs static/*.svg static/css/*.css static/elements/*.mjs static/wire/*.mjs static/live/*.mjs)

.PHONY: build run test test-native test-wasm test-page check bench bench-peers bench-deflate fuzz soak size myth clean help browser node
.DEFAULT_GOAL := build

## build     the WASM module, the page's joined and compressed forms and the server
build: $(OUT)/packed
	$(GO) build -trimpath -o $(OUT)/framecraft ./server

## run       build what is missing and start on ADDR (127.0.0.1:8080)
run: build
	$(OUT)/framecraft -addr $(ADDR)

# The module is built for size where speed is not needed: nothing is inlined but
# in the codec and what its loops are made of, the garbage collector and the
# allocator are the smaller ones of Go 1.26, `overlay` takes out what cannot be
# turned on, and `slim` writes what Go linked in a form that compresses better.
# Plain `go build` works as well and weighs half as much again.
WASM_FLAGS := -trimpath -ldflags='-s -w' -gcflags='all=-l' \
	-gcflags='framecraft/protocol=' -gcflags='encoding/binary=' -gcflags='math/bits='
# Files of protocol with loops over bytes, whose small functions are inlined.
WASM_FAST := mask.go,utf8.go,header.go,opcode.go,check.go,conn.go,conn_send.go,notation_lex.go,$\
	inflate.go,inflate_blocks.go,inflate_huffman.go,inflate_symbols.go,inflate_window.go,$\
	deflate.go,deflate_huffman.go
WASM_OVERLAY := $(OUT)/overlay/overlay.json
# What reaches into Go itself is made for this version of it. With a later one the
# module is as good and larger.
ifneq ($(filter go1.26 go1.26.%,$(shell $(GO) env GOVERSION)),)
WASM_EXPERIMENTS := nogreenteagc,nosizespecializedmalloc,norandomizedheapbase64,noruntimefreegc
endif

$(OUT)/slim: $(wildcard static/internal/pack/slim/*.go) static/internal/pack/go.mod
	@mkdir -p $(OUT)
	cd static/internal/pack && $(GO) build -o ../../../$(OUT)/slim ./slim

$(WASM_OVERLAY): $(GO_FILES) $(wildcard static/internal/pack/overlay/*.go)
	@mkdir -p $(OUT)
	cd static/internal/pack && $(GO) run ./overlay -outline ../../../protocol -fast $(WASM_FAST) ../../../$(OUT)/overlay

$(WASM): $(GO_FILES) go.mod $(OUT)/slim $(WASM_OVERLAY)
	@mkdir -p $(OUT) $(DIST)
	GOEXPERIMENT=$(WASM_EXPERIMENTS) GOOS=js GOARCH=wasm $(GO) build -overlay $(WASM_OVERLAY) $(WASM_FLAGS) -o $(OUT)/protocol.wasm ./wasm
	$(OUT)/slim $(OUT)/protocol.wasm $@

$(DIST)/wasm_exec.js: $(GOROOT)/lib/wasm/wasm_exec.js
	@mkdir -p $(DIST)
	cp $< $@

# One file for what imports what, and brotli and gzip forms of everything that is served.
$(OUT)/packed: $(WASM) $(DIST)/wasm_exec.js $(PAGE_FILES) $(wildcard static/internal/pack/*.go)
	@mkdir -p $(OUT)
	cd static/internal/pack && $(GO) run . ../../dist
	@touch $@

## test      everything: native with -race, js/wasm under Node, the page in Chromium
test: check test-native test-wasm test-page
	@echo "all tests passed"

# Most packages of the server wait more than they compute, so four at a time.
test-native: build node
	$(GO) test -race -p 4 ./...
	cd static/internal/pack && $(GO) test -count=1 ./...
	cd protocol/internal/peers && $(GO) test ./...

# The same tests of protocol and wasm, linked with the flags of the page's module,
# made smaller like it, and run by Go's own runner for Node.
test-wasm: node $(OUT)/slim $(WASM_OVERLAY)
	GOEXPERIMENT=$(WASM_EXPERIMENTS) GOOS=js GOARCH=wasm $(GO) test -overlay $(WASM_OVERLAY) $(WASM_FLAGS) -exec="$(CURDIR)/$(OUT)/slim -run $(NODE_GO)" ./protocol ./wasm

# Real clicks and keys on the built page and server.
test-page: build browser
	cd static/internal/e2e && $(GO) test -count=1 -parallel 4 -timeout 10m ./...

# What the tests need beside Go: installed where that can be done, asked for elsewhere.
node:
	@command -v node >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y nodejs; \
		else echo "make test needs Node 20 or later: install it and try again" >&2; exit 1; fi; }

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y chromium; \
		else echo "make test needs Chromium: install it (on Debian or Ubuntu: apt-get install chromium) and try again" >&2; exit 1; fi; }

## check     gofmt, vet and staticcheck, native, js/wasm and with an int of 32 bits; how many defences have a test
check:
	@unformatted=$$(gofmt -l protocol server wasm static); \
		test -z "$$unformatted" || { echo "not formatted by gofmt:" $$unformatted >&2; exit 1; }
	$(GO) vet ./...
	GOOS=js GOARCH=wasm $(GO) vet ./protocol ./wasm
	GOARCH=386 $(GO) vet ./...
	@mkdir -p $(OUT)
	$(GO) build -modfile=.tools/go.mod -o $(OUT)/staticcheck honnef.co/go/tools/cmd/staticcheck
	$(OUT)/staticcheck ./...
	GOOS=js GOARCH=wasm $(OUT)/staticcheck ./protocol ./wasm
	cd static/internal/pack && $(GO) vet ./...
	cd static/internal/e2e && $(GO) vet ./...
	cd protocol/internal/peers && $(GO) vet ./...
	$(GO) run ./server/internal/defences/count

## bench     the codec beside memcpy and the byte loop, both targets; idle connections; the page
bench: build node
	$(GO) test -run='^$$' -bench=. -benchtime=200ms ./protocol ./wasm
	GOOS=js GOARCH=wasm $(GO) test -exec="$(NODE_GO)" -run='^$$' -bench=. -benchtime=200ms ./protocol ./wasm
	$(GO) test -run='^$$' -bench=. -benchtime=1x ./server/...
	cd static/internal/e2e && $(GO) test -count=1 -run='^$$' -bench=. -benchtime=1x ./...

## bench-peers  ours beside other libraries and what the machine allows; PEERS=-short for a look
bench-peers:
	@cd protocol/internal/peers && $(GO) run ./table $(PEERS)

## bench-deflate  echo with compression: the server's CPU time beside that of gws
bench-deflate:
	cd protocol/internal/peers && $(GO) test -count=1 -run='^$$' -bench=. -benchtime=1x .

## fuzz      every fuzz target for FUZZTIME (20s), FUZZJOBS (2) side by side
fuzz:
	@GO="$(GO)" .ci/fuzz $(FUZZTIME) $(FUZZJOBS)

## soak      keep a server busy for FOR (1m), plot memory and descriptors, fail when they grow
soak: build
	$(GO) build -o $(OUT)/soak ./server/internal/soak
	$(OUT)/soak -for $(FOR)

## size      what the page weighs and what for; fails when protocol.wasm is over its limit
size: $(OUT)/packed
	@$(OUT)/slim -shares $(OUT)/protocol.wasm
	@wc -c $(WASM) $(WASM).gz $(WASM).br | sed '$$d'
	@test $$(wc -c < $(WASM).br) -le $(WASM_LIMIT) || { echo "protocol.wasm.br is over $(WASM_LIMIT) bytes" >&2; exit 1; }

## myth      hold N (100000) connections on one port FOR (30s), and print what they cost; N=200000 FOR=5m is the proof
myth: build
	$(OUT)/framecraft hold -n $(or $(N),100000) --for $(or $(if $(filter command environment,$(firstword $(origin FOR))),$(FOR)),30s)

## clean     remove what was built
clean:
	rm -rf $(DIST) $(OUT)

help:
	@sed -n 's/^## /make /p' Makefile
