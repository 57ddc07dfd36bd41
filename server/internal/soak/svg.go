package main

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// The plot as a picture: one panel a line, over the same time, with the line that
// was fitted through the second half dashed.

const (
	svgWidth    = 960
	panelHeight = 180
	verdictTop  = 24
	verdictLine = 18
	verdictRoom = 125 // letters of a line
	panelLeft   = 16
	svgColumns  = 600
)

func svg(lines []line, verdict string) []byte {
	var b strings.Builder
	said := wrapped(verdict, verdictRoom)
	panelTop := verdictTop + len(said)*verdictLine
	height := panelTop + len(lines)*panelHeight
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13">
<style>
	svg { background: #fff; color: #222 }
	@media (prefers-color-scheme: dark) { svg { background: #16181c; color: #ddd } }
	text { fill: currentColor }
	.axis { stroke: currentColor; opacity: 0.3 }
	.seen { fill: none; stroke: #3b7dd8; stroke-width: 1.5 }
	.fitted { stroke: currentColor; stroke-dasharray: 6 4 }
</style>
`, svgWidth, height)
	for i, text := range said {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", panelLeft, verdictTop+i*verdictLine, html.EscapeString(text))
	}
	for i, l := range lines {
		if len(l.values) > 0 {
			panel(&b, l, float64(panelTop+i*panelHeight))
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// wrapped breaks lines between words, because SVG does not.
func wrapped(text string, room int) (lines []string) {
	for paragraph := range strings.Lines(text) {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len([]rune(line))+1+len([]rune(word)) > room {
				lines = append(lines, line)
				line = ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func panel(b *strings.Builder, l line, y float64) {
	means := columns(l.values, svgColumns)
	end := l.at[len(l.at)-1]
	top := 0.0
	for _, v := range means {
		top = math.Max(top, v)
	}
	top = math.Max(top, 1)
	const width, height = svgWidth - 2*panelLeft, panelHeight - 48
	base := y + 20 + height
	place := func(at time.Duration, v float64) (float64, float64) {
		return panelLeft + width*at.Seconds()/math.Max(end.Seconds(), 1), base - height*v/top
	}
	fmt.Fprintf(b, `<text x="%d" y="%.0f">%s, up to %s in %v</text>`+"\n", panelLeft, y+12, l.name, l.text(top), end.Round(time.Second))
	fmt.Fprintf(b, `<path class="axis" d="M%d %.0fH%d"/>`+"\n", panelLeft, base, svgWidth-panelLeft)
	b.WriteString(`<polyline class="seen" points="`)
	for i, v := range means {
		px, py := place(l.at[i*len(l.at)/len(means)], v)
		fmt.Fprintf(b, "%.1f,%.1f ", px, py)
	}
	b.WriteString("\"/>\n")
	if f, ok := fit(l.at, l.values); ok {
		half := (f.to - f.from).Hours() / 2
		x1, y1 := place(f.from, f.level-f.slope*half)
		x2, y2 := place(f.to, f.level+f.slope*half)
		fmt.Fprintf(b, `<path class="fitted" d="M%.1f %.1fL%.1f %.1f"/>`+"\n", x1, y1, x2, y2)
	}
}
