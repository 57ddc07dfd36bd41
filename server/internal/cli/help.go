package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// The help, written from kong's model: usage, what it is, arguments, flags,
// examples. The examples are what Help of a command returns: a line to type,
// then lines that begin with blanks and say what it does.

// helpText returns the help of the application or of one of its commands.
func helpText(app *kong.Application, node *kong.Node, t *terminal) string {
	h := helpWriter{t: t}
	if node == app.Node {
		h.application(app)
	} else {
		h.command(app, node)
	}
	return strings.TrimPrefix(h.b.String(), "\n")
}

type helpWriter struct {
	t *terminal
	b strings.Builder
}

func (h *helpWriter) application(app *kong.Application) {
	h.b.WriteString(h.t.hang("", app.Help, 0, plain))
	h.head("Usage")
	for _, node := range app.Children {
		h.line(usage(app, node))
	}
	h.head("Commands")
	var rows [][2]string
	for _, node := range app.Children {
		rows = append(rows, [2]string{node.Name, node.Help})
	}
	h.rows(rows)
	serve := commandNamed(app, "serve")
	h.head("Flags of serve")
	h.flags(serve)
	h.head("Examples")
	for _, node := range app.Children {
		first, _, _ := strings.Cut(node.Detail, "\nframecraft ")
		h.examples(first)
	}
	h.b.WriteByte('\n')
	h.b.WriteString(h.t.hang("", "framecraft COMMAND --help says all about a command. Flags take one hyphen or two.", 0, plain))
}

func (h *helpWriter) command(app *kong.Application, node *kong.Node) {
	h.b.WriteString(h.t.hang("", node.Help, 0, plain))
	h.head("Usage")
	h.line(usage(app, node))
	if len(node.Positional) > 0 {
		h.head("Arguments")
		var rows [][2]string
		for _, argument := range node.Positional {
			rows = append(rows, [2]string{argumentName(argument), argument.Help})
		}
		h.rows(rows)
	}
	h.head("Flags")
	h.flags(node)
	if codes, ok := node.Target.Addr().Interface().(interface{ exitCodes() [][2]string }); ok {
		h.head("Exit codes")
		h.rows(codes.exitCodes())
	}
	h.head("Examples")
	h.examples(node.Detail)
}

func (h *helpWriter) head(text string) {
	h.b.WriteString("\n" + h.t.paint(bold, text) + "\n")
}

func (h *helpWriter) line(text string) { h.b.WriteString("  " + text + "\n") }

// examples writes lines as they are: they are to be typed.
func (h *helpWriter) examples(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		s := plain
		if strings.HasPrefix(line, " ") {
			s = dim
		}
		h.line(h.t.paint(s, line))
	}
}

func (h *helpWriter) flags(node *kong.Node) {
	var rows [][2]string
	for _, flag := range node.Flags {
		name, help := "--"+flag.Name, flag.Help
		if len(flag.Name) == 1 {
			name = name[1:]
		}
		if !flag.IsBool() {
			name += " " + flag.FormatPlaceHolder()
			if flag.HasDefault && flag.Default != "" {
				help = strings.TrimSuffix(help, ".") + fmt.Sprintf(" (default: %s).", flag.Default)
			}
		}
		rows = append(rows, [2]string{name, help})
	}
	rows = append(rows, [2]string{"--help", "Show this and end."})
	h.rows(rows)
}

// rows writes names with their texts beside them.
func (h *helpWriter) rows(rows [][2]string) {
	widest := 0
	for _, row := range rows {
		widest = max(widest, columns(row[0]))
	}
	indent := widest + 4
	for _, row := range rows {
		head := "  " + h.t.paint(bold, row[0]) + strings.Repeat(" ", indent-2-columns(row[0]))
		h.b.WriteString(h.t.hang(head, row[1], indent, plain))
	}
}

func usage(app *kong.Application, node *kong.Node) string {
	name := node.Name
	if name == "serve" {
		name = "[" + name + "]"
	}
	text := app.Name + " " + name + " [FLAGS]"
	for _, argument := range node.Positional {
		name := argumentName(argument)
		if !argument.Required {
			name = "[" + name + "]"
		}
		text += " " + name
	}
	return text
}

func argumentName(argument *kong.Positional) string {
	name := strings.ToUpper(argument.Name)
	if argument.IsCumulative() {
		name += "..."
	}
	return name
}
