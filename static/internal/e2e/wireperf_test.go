package e2e

// How fast the Wire workbench is: a play of a thousand frames from the click to
// the last row, and scrolling over ten thousand rows. Nothing fails for being slow.

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkWirePlay(b *testing.B) {
	const frames = 1000
	scenario := shaken + strings.Repeat("text \"Hello\"\n", frames) + "close\nexpect close\nexpect end\n"
	p := openWire(b, "")
	p.quiet()
	read[bool](p, `((area) => (area.value = `+quote(scenario)+`, area.dispatchEvent(new Event("input")), true))(document.querySelector("`+scriptArea+`"))`)
	p.until("the scenario is read", `document.querySelectorAll(".script-line").length > 1000`)
	var times []float64
	for range 5 {
		times = append(times, read[float64](p, `(async () => {
			const begin = performance.now();
			document.querySelector(".play-button").click();
			const done = () => document.querySelector("wire-play").dataset.phase === "idle" && Number(document.querySelector(".seq-row")?.getAttribute("aria-setsize")) > 2000;
			do await new Promise((resolve) => setTimeout(resolve, 1)); while (!done());
			await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
			return performance.now() - begin;
		})()`))
	}
	report(b, "play-1000-frames", times)
}

func BenchmarkWireScroll(b *testing.B) {
	p := openWire(b, "")
	p.quiet()
	p.click(worded("wire-paste button", "Paste"))
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "%d.%dms server bytes 81 05 48 65 6c 6c 6f\n", i/10, i%10)
	}
	read[bool](p, "(document.querySelector('#wire-paste-text').value = "+quote(text.String())+", true)")
	p.press("Ctrl+Enter")
	p.until("the rows are there", `document.querySelector(".seq-row")?.getAttribute("aria-setsize") === "10000"`)
	for _, speed := range []int{40, 1000} {
		b.Run(fmt.Sprintf("%dpx-a-frame", speed), func(b *testing.B) {
			// The time in the scroll handler and the layout after it, and the pace of the frames.
			found := read[struct{ Work, Frames []float64 }](p, fmt.Sprintf(`(async () => {
				const view = document.querySelector(".seq-scroll");
				view.scrollTop = 0;
				const Work = [], Frames = [];
				let last = await new Promise(requestAnimationFrame);
				for (let y = 0; Frames.length < 240; y += %d) {
					const begin = performance.now();
					view.scrollTop = y;
					view.dispatchEvent(new Event("scroll"));
					view.getBoundingClientRect();
					Work.push(performance.now() - begin);
					const now = await new Promise(requestAnimationFrame);
					Frames.push(now - last);
					last = now;
				}
				return { Work, Frames };
			})()`, speed))
			report(b, "scroll-work", found.Work)
			report(b, "frame", found.Frames)
		})
	}
}
