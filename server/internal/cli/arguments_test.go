package cli

import (
	"slices"
	"strings"
	"testing"
)

// One form for kong, whatever the arguments look like.
func TestReadArguments(t *testing.T) {
	parser, err := newParser(&grammar{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"", "serve"},
		{"-addr :80", "serve --addr=:80"},
		{"--addr :80 -debug", "serve --addr=:80 --debug"},
		{"serve -addr=:80 -debug=false", "serve --addr=:80 --debug=false"},
		{"-max-session -1 -addr -debug", "serve --max-session=-1 --addr=-debug"},
		{"-origin=", "serve --origin="},
		{"inspect -json 81 -ended 00", "inspect --json --ended -- 81 00"},
		{"inspect -", "inspect -- -"},
		{"inspect -- -json --", "inspect -- -json --"},
		{"craft inspect serve", "craft -- inspect serve"},
		{"craft -key 37fa213d --raw text", "craft --key=37fa213d --raw -- text"},
	} {
		call, err := readArguments(parser.Model, strings.Fields(c.args))
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
		} else if got := strings.Join(call.args(), " "); got != c.want {
			t.Errorf("%s: found %q, expected %q", c.args, got, c.want)
		}
	}
}

// Every flag is a long one that one hyphen or two can introduce, and none is
// called like the flag for help.
func TestFlagNames(t *testing.T) {
	parser, err := newParser(&grammar{})
	if err != nil {
		t.Fatal(err)
	}
	if got := commandNames(parser.Model); !slices.Equal(got, []string{"serve", "inspect", "craft", "play", "hold"}) {
		t.Errorf("found the commands %q", got)
	}
	for _, node := range parser.Model.Children {
		if node.Detail == "" || !strings.HasPrefix(node.Detail, "framecraft") {
			t.Errorf("%s: found %q, expected examples", node.Name, node.Detail)
		}
		for _, flag := range node.Flags {
			// n, for numbers, is the one name that is known by a letter.
			if flag.Short != 0 || len(flag.Name) < 2 && flag.Name != "n" || flag.Name == "help" || flag.Help == "" {
				t.Errorf("%s --%s: short %q, help %q", node.Name, flag.Name, flag.Short, flag.Help)
			}
		}
	}
}
