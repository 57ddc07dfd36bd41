package main

// Files, lines and arguments, which only stack traces read. Measured on
// protocol.wasm: 42,000 bytes of brotli.

// dropLines zeroes the tables of files and lines, as far as no other table is
// the same bytes, and tells every function that it has none.
func dropLines(memory []byte) error { return inTables(memory, (*pcTables).dropLines) }

func (t *pcTables) dropLines() error {
	needed := make([]bool, len(t.tables))
	keep := func(offset uint32) {
		if offset != 0 {
			for i := int(offset); i < tableEnd(t.tables, int(offset)); i++ {
				needed[i] = true
			}
		}
	}
	dropped := map[uint32]bool{}
	for _, record := range t.records {
		keep(t.at(record + funcPCSP))
		for n := range int(t.at(record + funcNPCData)) {
			keep(t.at(record + funcPCData + 4*n))
		}
		for _, field := range []int{funcPCFile, funcPCLine} {
			if offset := t.at(record + field); offset != 0 {
				tableEnd(t.tables, int(offset))
				dropped[offset] = true
			}
		}
	}
	// Everything has been read without a surprise: now it may be changed.
	for _, record := range t.records {
		t.put(record+funcPCFile, 0)
		t.put(record+funcPCLine, 0)
		t.put(record+funcStartLine, 0)
		if t.header[record+funcNFuncData] > argumentInfo {
			t.put(record+funcPCData+4*int(t.at(record+funcNPCData))+4*argumentInfo, 1<<32-1)
		}
	}
	for offset := range dropped {
		end := tableEnd(t.tables, int(offset))
		for i := int(offset); i < end; i++ {
			if !needed[i] {
				t.tables[i] = 0
			}
		}
	}
	return nil
}
