package cli

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain ends a process that a test has started instead of the server: the tests
// would all run in it once more.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
