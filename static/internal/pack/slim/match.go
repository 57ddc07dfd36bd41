package main

// pattern is a run of instructions: opcode and first operand.
type pattern []struct {
	op opcode
	a  int64
}

// anything stands for every operand.
const anything = -1 << 63

// matches reports whether the instructions at i are the pattern's.
func matches(code []instr, i int, p pattern) bool {
	if i < 0 || i+len(p) > len(code) {
		return false
	}
	for k, want := range p {
		in := code[i+k]
		if in.op != want.op || want.a != anything && in.a != want.a || isMemory(in.op) && want.a != anything && in.b != 0 {
			return false
		}
	}
	return true
}

// rewrite goes through the code once. Where replace returns a number of
// instructions, what it returns beside takes their place.
func (f *function) rewrite(replace func(i int) (with []instr, instead int)) (changed bool) {
	var out []instr
	for i := 0; i < len(f.code); {
		with, instead := replace(i)
		if instead == 0 {
			with, instead = f.code[i:i+1], 1
		} else {
			changed = true
		}
		out = append(out, with...)
		i += instead
	}
	f.code = out
	return changed
}
