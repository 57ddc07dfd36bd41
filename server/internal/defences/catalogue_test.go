package defences

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestHardeningIsWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)
	seen := map[string]bool{}
	for _, d := range Hardening {
		switch {
		case !form.MatchString(d.ID):
			t.Errorf("found the ID %q, expected words with hyphens between them", d.ID)
		case seen[d.ID]:
			t.Errorf("%s stands there twice", d.ID)
		case d.Promise == "" || strings.HasSuffix(d.Promise, "."):
			t.Errorf("%s promises %q, expected a clause without a full stop", d.ID, d.Promise)
		}
		seen[d.ID] = true
	}
}

func TestBadInputsAreWellFormed(t *testing.T) {
	if len(BadInputs) != 48 {
		t.Errorf("found %d rows, expected 48: tests name them by their numbers", len(BadInputs))
	}
	for i, b := range BadInputs {
		if b.Input == "" || b.Answer == "" {
			t.Errorf("row %d: found %+v, expected an input and an answer", i+1, b)
		}
	}
}

// The numbers that tests go by, at both ends and in between.
func TestBadInputNumbers(t *testing.T) {
	for number, want := range map[int]string{1: "CVE-2020-27813", 7: "CVE-2026-48779", 20: "coder PR 291", 30: "CVE-2021-32640", 41: "CVE-2026-58055", 48: "CVE-2025-69199"} {
		if got := BadInputs[number-1].Seen; !strings.HasPrefix(got, want) {
			t.Errorf("row %d was seen in %q, expected %s", number, got, want)
		}
	}
}

// Every entry has a test, and every claim counts; make check prints how many.
func TestEverythingIsHeld(t *testing.T) {
	claims, err := ReadClaims(filepath.Join("..", "..", ".."), "framecraft")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range claims.Problems {
		t.Error(problem)
	}
	for _, missing := range claims.Missing() {
		t.Errorf("no test names %s", missing)
	}
}
