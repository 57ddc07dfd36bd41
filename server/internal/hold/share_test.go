package hold

import (
	"fmt"
	"maps"
	"testing"
)

// However many different reasons there are, and in however many shares, only so
// many are told apart, and none of what they count is lost.
func TestMergeReasons(t *testing.T) {
	sum := map[string]int(nil)
	for share := range 3 {
		one := map[string]int(nil)
		for reason := range 20 {
			count(&one, fmt.Sprint(share, reason), 5)
		}
		merge(&sum, one)
	}
	all := 0
	for n := range maps.Values(sum) {
		all += n
	}
	if all != 300 || len(sum) > maxReasons+1 {
		t.Errorf("found %d in %d reasons, expected 300 in at most %d", all, len(sum), maxReasons+1)
	}
}
