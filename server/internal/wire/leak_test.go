package wire

import (
	"testing"

	"go.uber.org/goleak"

	"framecraft/server/internal/testpeer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var expectNoLeak = testpeer.ExpectNoLeak
