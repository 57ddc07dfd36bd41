// Package peers holds other implementations of WebSocket against ours. It is a
// module of its own, so that nothing of theirs gets into the server's.
//
//	cmd/     every contender: a command of its own, which measures its functions and serves
//	peer/    what the contenders' commands have in common
//	table/   the command that lets them take turns and prints the table: make bench-peers
//
// # Differential tests
//
// TestDifferential has ours and theirs read the same random streams, as a server and
// as a client: legal traffic, traffic with one thing broken on purpose, and any bits
// turned over. Every difference in what is delivered, what is answered and how the
// connection ends needs a row in differences_test.go that names the rule and says
// why, and every row has to occur.
//
//	go test . -run Differential -streams 100000 -seed 7
//
// # CPU time of an echo with permessage-deflate
//
// BenchmarkEchoDeflate starts two servers, each a process of its own: ours is the
// server's real binary, built for it, gws the test binary once more. A client in
// the benchmark's process sends each the same messages and waits for each to come
// back. What is compared is the CPU time that the system has counted for a server's
// whole process by its end, so neither the client's time counts nor who else is at
// work on the machine. The two take turns within each round; a round gives a
// ratio, and the median of the ratios is the result. It fails above 1.
//
// Both are configured alike: no context takeover, windows of 32 KiB, 16 MiB a
// message, text judged as UTF-8; gws compresses at its default level, 1, and so do
// we. The answers' sizes are reported too, so that nobody is fast by compressing
// less.
package peers
