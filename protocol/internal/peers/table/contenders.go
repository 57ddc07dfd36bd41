package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// Contenders are commands in cmd. To add one: its directory there and a line here.

// contender is one of those that are compared.
type contender struct {
	name    string // of the directory in cmd
	module  string
	version string
	path    string // of the binary
	missing string // why there is none
}

const (
	ours  = "ours"
	floor = "floor"
)

var contenders = []*contender{
	{name: ours},
	{name: "gobwas", module: "github.com/gobwas/ws"},
	{name: "gorilla", module: "github.com/gorilla/websocket"},
	{name: "coder", module: "github.com/coder/websocket"},
	{name: "gws", module: "github.com/lxzan/gws"},
	{name: "xnet", module: "golang.org/x/net"},
	{name: floor},
}

// build builds every contender's command. One that cannot be built is missing, and
// says why.
func build(dir string) error {
	info, _ := debug.ReadBuildInfo()
	for _, c := range contenders {
		if info != nil {
			for _, dep := range info.Deps {
				if dep.Path == c.module {
					c.version = dep.Version
				}
			}
		}
		if c.module != "" && c.version == "" {
			c.version = listed(c.module)
		}
		c.path = filepath.Join(dir, c.name)
		if err := goBuild(c.path, "", "./cmd/"+c.name); err != nil {
			if c.module == "" {
				return err
			}
			c.missing = "cannot be built: " + err.Error()
		}
	}
	return nil
}

// listed is the version that go.mod asks for.
func listed(module string) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// goBuild builds a package of this module, or of the one above in dir.
func goBuild(to, dir, pkg string) error {
	command := exec.Command("go", "build", "-o", to, pkg)
	command.Dir = dir
	output, err := command.CombinedOutput()
	if err == nil {
		return nil
	}
	// The first line that is not the package's name says what is wrong.
	for line := range bytes.Lines(output) {
		if text := strings.TrimSpace(string(line)); text != "" && !strings.HasPrefix(text, "#") {
			return fmt.Errorf("%s", text)
		}
	}
	return err
}

// present are the contenders that could be built.
func present() []*contender {
	var list []*contender
	for _, c := range contenders {
		if c.missing == "" {
			list = append(list, c)
		}
	}
	return list
}

func warn(format string, arguments ...any) { fmt.Fprintf(os.Stderr, format+"\n", arguments...) }
