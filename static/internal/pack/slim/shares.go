package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// What the bytes of a module are for. A share is what brotli saves when the part
// is left out, since parts compress each other; so the shares do not add up to
// the whole.

// share is a part of a module.
type share struct {
	name       string
	plain      int
	without    func(*module) // leaves the part out
	compressed int
}

// printShares writes the table for a module as Go linked it, made smaller.
func printShares(out io.Writer, name string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	m, err := parseModule(src)
	if err != nil {
		return err
	}
	shares, err := m.shares()
	if err != nil {
		return err
	}
	shrink := func() *module {
		m, _ := parseModule(src) // which was read before
		m.slim()
		m.drop()
		return m
	}
	shares = append(shares, share{name: "all of it", without: func(*module) {}})
	weigh(shrink, shares)
	all := &shares[len(shares)-1]
	for i := range shares[:len(shares)-1] {
		s := &shares[i]
		s.plain, s.compressed = all.plain-s.plain, all.compressed-s.compressed
	}
	slices.SortStableFunc(shares, func(a, b share) int { return cmp.Compare(b.compressed, a.compressed) })
	fmt.Fprintf(out, "%-36s %9s %9s\n", "", "bytes", "brotli")
	for _, s := range shares {
		fmt.Fprintf(out, "%-36s %9d %9d\n", s.name, s.plain, s.compressed)
	}
	return nil
}

// weigh sets the sizes of the module without each share.
func weigh(shrink func() *module, shares []share) {
	var work sync.WaitGroup
	busy := make(chan bool, runtime.GOMAXPROCS(0))
	for i := range shares {
		work.Go(func() {
			busy <- true
			defer func() { <-busy }()
			m := shrink()
			shares[i].without(m)
			var compressed bytes.Buffer
			body := m.append(nil)
			w := brotli.NewWriterLevel(&compressed, brotli.BestCompression)
			w.Write(body) // a buffer takes everything
			w.Close()
			shares[i].plain, shares[i].compressed = len(body), compressed.Len()
		})
	}
	work.Wait()
}

// shares returns the parts of a module that still has its names: the code by
// package, the memory by the tables in it.
func (m *module) shares() ([]share, error) {
	names := map[int]string{} // by the function's index
	var shares []share
	region := func(name string, from, to int) {
		shares = append(shares, share{name: "data: " + name, without: func(m *module) { clear(m.memory[from:to]) }})
	}
	err := inTables(m.memory, func(t *pcTables) error {
		for _, record := range t.records {
			name := t.names[t.at(record+funcName):]
			names[int(t.at(record+funcEntry))-firstFunction] = string(name[:bytes.IndexByte(name, 0)])
		}
		start := len(m.memory) - len(t.header)
		last := t.records[len(t.records)-1]
		region("types, strings, constants", 0, start)
		region("names of functions", start+t.namesAt, start+t.namesAt+len(t.names))
		region("tables of program counters", start+t.functions-len(t.tables), start+t.functions)
		region("records of functions", start+t.functions, start+last)
		region("pointer maps, variables", start+last, len(m.memory))
		return nil
	})
	if err != nil {
		return nil, err
	}
	byPackage := map[string][]int{}
	for _, f := range m.funcs {
		name := packageOf(names[f.index])
		byPackage[name] = append(byPackage[name], f.index)
	}
	for name, indices := range byPackage {
		shares = append(shares, share{name: "code: " + name, without: func(m *module) {
			for _, i := range indices {
				m.funcs[i].locals, m.funcs[i].code = nil, []instr{plain(opUnreachable), {op: opEnd}}
			}
		}})
	}
	return shares, nil
}

// packageOf returns the group that a function is counted in.
func packageOf(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	dot := strings.IndexByte(function[slash:], '.')
	switch path := function[:slash+max(dot, 0)]; {
	case path == "runtime" || path == "framecraft/protocol":
		return path
	case path == "main":
		return "framecraft/wasm"
	case strings.Contains(path, "runtime"):
		return "runtime's packages"
	case strings.HasSuffix(path, "strconv"):
		return "strconv"
	}
	return "the other packages"
}
