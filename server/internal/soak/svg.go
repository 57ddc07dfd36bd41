package main

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// The plot as a picture: one panel a line, all over the same time, each from 0 to
// its largest value, with the line that was fitted through the second half dashed.

const (
	svgWidth    = 960
	panelHeight = 180
	verdictTop  = 24
	verdictLine = 18
	verdictRoom = 125 // letters of a line
	panelLeft   = 16
	panelRight  = svgWidth - 96 // the values of the axis stand behind it
	panelInside = panelHeight - 64
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
	.axis { fill: none; stroke: currentColor; opacity: 0.3 }
	.scale { font-size: 11px; opacity: 0.75 }
	.seen { fill: none; stroke: #3b7dd8; stroke-width: 1.5 }
	.fitted { stroke: currentColor; stroke-dasharray: 6 4 }
</style>
`, svgWidth, height)
	for i, text := range said {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", panelLeft, verdictTop+i*verdictLine, html.EscapeString(text))
	}
	var end time.Duration
	for _, l := range lines {
		if len(l.at) > 0 {
			end = max(end, l.at[len(l.at)-1])
		}
	}
	for i, l := range lines {
		if len(l.values) > 0 {
			panel(&b, l, end, float64(panelTop+i*panelHeight))
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

func panel(b *strings.Builder, l line, end time.Duration, y float64) {
	means := columns(l.values, svgColumns)
	top := 1.0
	for _, v := range means {
		top = math.Max(top, v)
	}
	base := y + 20 + panelInside
	place := func(at time.Duration, v float64) (float64, float64) {
		return panelLeft + (panelRight-panelLeft)*at.Seconds()/math.Max(end.Seconds(), 1), base - panelInside*v/top
	}
	fmt.Fprintf(b, `<text x="%d" y="%.0f">%s</text>`+"\n", panelLeft, y+12, html.EscapeString(l.name))
	axes(b, l, end, top, place)
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

// axes draws a line at nothing, at the half and at all of the largest value, one at
// each quarter of the time, and says what they stand for.
func axes(b *strings.Builder, l line, end time.Duration, top float64, place func(time.Duration, float64) (float64, float64)) {
	for halves := range 3 {
		v := top * float64(halves) / 2
		_, y := place(0, v)
		fmt.Fprintf(b, `<path class="axis" d="M%d %.1fH%d"/>`+"\n", panelLeft, y, panelRight)
		if halves != 1 {
			fmt.Fprintf(b, `<text class="scale" x="%d" y="%.1f">%s</text>`+"\n", panelRight+8, y+4, html.EscapeString(l.text(v)))
		}
	}
	for quarters := range 5 {
		at := end * time.Duration(quarters) / 4
		x, bottom := place(at, 0)
		_, ceiling := place(at, top)
		anchor := [...]string{"start", "middle", "middle", "middle", "end"}[quarters]
		fmt.Fprintf(b, `<path class="axis" d="M%.1f %.1fV%.1f"/><text class="scale" x="%.1f" y="%.1f" text-anchor="%s">%v</text>`+"\n",
			x, bottom, ceiling, x, bottom+15, anchor, at.Round(time.Second))
	}
}
