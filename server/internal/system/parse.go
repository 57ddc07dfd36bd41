package system

import (
	"bytes"
	"math"
)

// The texts of /proc. A number counts only if something stands behind it, a
// blank or the end of the line: a text that was cut never yields a wrong number.

// parseNumber reads decimal digits with a blank, tab or newline behind them and
// returns what follows.
func parseNumber(text []byte) (n Fact, rest []byte) {
	i := 0
	for ; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		digit := int64(text[i] - '0')
		if n.Value > (math.MaxInt64-digit)/10 {
			return Fact{}, nil
		}
		n.Value = n.Value*10 + digit
	}
	if i == 0 || i == len(text) || (text[i] != ' ' && text[i] != '\t' && text[i] != '\n') {
		return Fact{}, nil
	}
	n.Known = true
	return n, text[i:]
}

// parseNumbers fills facts with the numbers that a text begins with.
func parseNumbers(text []byte, facts ...*Fact) {
	for _, fact := range facts {
		*fact, text = parseNumber(bytes.TrimLeft(text, " \t"))
	}
}

// parseStat reads the number of threads and the resident size in pages from
// /proc/PID/stat: the fields 20 and 24, counted from 1 (proc_pid_stat(5)). Field
// 2 is the program's name in parentheses and may hold anything.
func parseStat(text []byte) (threads, residentPages Fact) {
	// Behind the name stands field 3.
	text = text[bytes.LastIndexByte(text, ')')+1:]
	for field := 2; len(text) > 0; field++ {
		switch field {
		case 20:
			threads, _ = parseNumber(text)
		case 24:
			residentPages, _ = parseNumber(text)
		}
		blank := bytes.IndexByte(text, ' ')
		if blank < 0 {
			break
		}
		text = text[blank+1:]
	}
	return threads, residentPages
}

// parseStatm reads the resident size in pages from /proc/PID/statm, its second
// number (proc_pid_statm(5)).
func parseStatm(text []byte) (residentPages Fact) {
	var size Fact
	parseNumbers(text, &size, &residentPages)
	return residentPages
}

// parsePortRange reads /proc/sys/net/ipv4/ip_local_port_range (ip(7)).
func parsePortRange(text []byte) (low, high Fact) {
	parseNumbers(text, &low, &high)
	return low, high
}

// parseFileNr reads /proc/sys/fs/file-nr: open files, unused ones among them (0
// since Linux 2.6), and how many there may be (proc_sys_fs(5)).
func parseFileNr(text []byte) (open, limit Fact) {
	var unused Fact
	parseNumbers(text, &open, &unused, &limit)
	return open, limit
}

// parseSockstat reads the sockets in use and their memory in pages from the line
// of a protocol, TCP or TCP6, in /proc/net/sockstat or sockstat6. The memory of
// both kinds stands in the line of TCP.
func parseSockstat(text []byte, protocol string) (inUse, memoryPages Fact) {
	for line := range bytes.Lines(text) {
		rest, found := bytes.CutPrefix(line, []byte(protocol+":"))
		if !found {
			continue
		}
		return valueNamed(rest, " inuse "), valueNamed(rest, " mem ")
	}
	return Fact{}, Fact{}
}

// valueNamed reads the number behind a name.
func valueNamed(line []byte, name string) (value Fact) {
	if _, rest, found := bytes.Cut(line, []byte(name)); found {
		value, _ = parseNumber(rest)
	}
	return value
}
