package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Flags may be written as Go programs take them (-addr X) or as most other
// programs do (--addr X, --addr=X). kong knows only the second and would read
// the first as the short flags a, d, d and r. So the arguments are brought into
// one form before kong sees them:
//
//   - A first argument that names no command means serve.
//   - Every flag becomes --name=value, with the next argument as its value where
//     it needs one and has none, whatever that argument begins with.
//   - Everything else stands behind a --, so nothing in it is a flag.

// call is a command line in that form.
type call struct {
	node  *kong.Node
	help  bool
	flags []string
	texts []string
}

// args returns the arguments for kong.
func (c *call) args() []string {
	args := append([]string{c.node.Name}, c.flags...)
	if len(c.texts) > 0 {
		args = append(append(args, "--"), c.texts...)
	}
	return args
}

// readArguments reads the command line of the program. In a call for help the
// node may be the whole application.
func readArguments(app *kong.Application, args []string) (*call, error) {
	c := &call{}
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	if len(args) > 0 {
		c.node = commandNamed(app, args[0])
	}
	if named := c.node != nil; named {
		args = args[1:]
	} else {
		c.node = commandNamed(app, "serve")
		defer func() {
			if c.help {
				c.node = app.Node
			}
		}()
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			c.texts = append(c.texts, args...)
			break
		}
		if arg == "-" || !strings.HasPrefix(arg, "-") {
			c.texts = append(c.texts, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		if name == "help" || name == "h" {
			c.help = true
			return c, nil
		}
		flag := flagNamed(c.node, name)
		switch {
		case flag == nil:
			return nil, fmt.Errorf("flag provided but not defined: %s; %s lists them%s", arg, c.helpCall(), c.textHint())
		case hasValue:
			c.flags = append(c.flags, "--"+name+"="+value)
		case flag.IsBool():
			c.flags = append(c.flags, "--"+name)
		case len(args) == 0:
			return nil, fmt.Errorf("--%s: found the end of the arguments, expected %s", name, flag.FormatPlaceHolder())
		default:
			c.flags = append(c.flags, "--"+name+"="+args[0])
			args = args[1:]
		}
	}
	if len(c.texts) > 0 && len(c.node.Positional) == 0 {
		return nil, fmt.Errorf("found %q, expected flags only, or first the name of a command: %s; -help lists them",
			c.texts[0], strings.Join(commandNames(app), ", "))
	}
	for i, argument := range c.node.Positional {
		if argument.Required && i == len(c.texts) {
			return nil, fmt.Errorf("found no %s, expected %s; %s says more", argumentName(argument), usage(app, c.node), c.helpCall())
		}
	}
	return c, nil
}

// helpCall is what a person types to see the flags.
func (c *call) helpCall() string { return "framecraft " + c.node.Name + " --help" }

// textHint says how a text that begins with a hyphen is given, where one can be.
func (c *call) textHint() string {
	if len(c.node.Positional) == 0 {
		return ""
	}
	return "; a text that begins with - stands after --"
}

func commandNamed(app *kong.Application, name string) *kong.Node {
	for _, node := range app.Children {
		if node.Name == name {
			return node
		}
	}
	return nil
}

func commandNames(app *kong.Application) (names []string) {
	for _, node := range app.Children {
		names = append(names, node.Name)
	}
	return names
}

func flagNamed(node *kong.Node, name string) *kong.Flag {
	for _, flag := range node.Flags {
		if flag.Name == name {
			return flag
		}
	}
	return nil
}
