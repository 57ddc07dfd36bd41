// Package defences lists what the server promises to withstand, and finds the
// test that holds each promise. It is for `make check` and for whoever wants to
// know where a number is held; nothing of the server imports it.
//
// In reading order:
//
//	hardening.go   limits and defences, one entry a promise
//	badinputs.go   the inputs that broke other implementations, one entry a row
//	claims.go      which test names which entry
//	tables.go      the rows of a table as claims
//	count.go       what is held, what is missing, what is wrong
//	count/         the command that prints it
//
// # To add a defence
//
// Add an entry to the table that it belongs to, and name it in the comment above
// the test that fails without it:
//
//	// A header that comes byte by byte is cut.
//	//
//	// Defence: time-header
//	// Bad input: 35
//	func TestSlowHeaderIsCut(t *testing.T) {
//
// Several are separated by commas, and a test may have several such lines. A test
// that runs a table of bad inputs names the table instead, whose rows begin with
// their number:
//
//	// Bad input: rows of badInputs
//	func TestBadInputs(t *testing.T) {
//		for _, input := range badInputs { // {"35 one byte after another", ...}
//
// and just "rows" for those that stand in its own body. A row that is taken out
// of the table is then no longer claimed, without anybody having to think of it.
//
// What a claim cannot be: made by anything but a test, for an entry that is not
// listed, by a test that may be skipped, that is not built on Linux, or that
// cannot fail. Whether the test holds what it names is for the one who writes it
// to see: break the code, and look at it failing.
package defences
