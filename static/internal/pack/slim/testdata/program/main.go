// Command program does what slim could break: calls that park, stacks that grow
// and move, panics that are recovered, indirect calls, loops with jumps of all
// kinds, large frames, numbers of every size. It prints what came out.
package main

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
)

type shape interface{ area(scale int) int }

type square struct{ side int }

func (s square) area(scale int) int { return s.side * s.side * scale }

type circle struct {
	radius int
	pad    [300]int
}

func (c *circle) area(scale int) int { c.pad[299] = scale; return 3 * c.radius * c.radius * c.pad[299] }

// deep grows the stack with a frame of some kilobytes that is looked at again
// on the way out.
func deep(n int) (sum int) {
	var frame [500]int
	for i := range frame {
		frame[i] = n + i
	}
	if n > 0 {
		sum = deep(n - 1)
	} else {
		runtime.GC()
	}
	for i := range frame {
		sum += frame[i] - i
	}
	return sum
}

func recovered(n int) (text string) {
	defer func() {
		if cause := recover(); cause != nil {
			text = cause.(error).Error()
		}
	}()
	var list []int
	switch n {
	case 0:
		list[n] = 1
	case 1:
		var p *circle
		p.pad[7] = n
	case 2:
		text = strconv.Itoa(1 / len(list))
	case 3:
		var s shape = (*square)(nil)
		s.area(n) // the message is made of this method's name
	default:
		panic(errors.New("own " + strconv.Itoa(n)))
	}
	return "nothing"
}

func loops(n int) (out []int) {
outer:
	for i := range n {
		for j := i; j < 3*n; j += 2 {
			switch {
			case j%7 == 6:
				continue outer
			case j*i > 40:
				break outer
			case j%3 == 0 || i%2 == 1 && j > 5:
				out = append(out, i<<8|j)
			}
		}
	}
	return out
}

func numbers(a int64, b uint32, c int8) string {
	f := float64(a) / 3
	return strings.Join([]string{
		strconv.FormatInt(a>>3^int64(b)<<7, 16), strconv.FormatUint(uint64(b>>5|b<<27), 10), strconv.Itoa(int(c) * int(int16(a))),
		strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatBool(a >= int64(b) != (c < 0)), strconv.Itoa(int(uint8(c) / 7)),
	}, " ")
}

func main() {
	work, done := make(chan int), make(chan int)
	for range 4 {
		go func() {
			sum := 0
			for n := range work {
				sum += deep(n)
			}
			done <- sum
		}()
	}
	for n := range 40 {
		work <- n
	}
	close(work)
	total := 0
	for range 4 {
		total += <-done
	}
	println("parked and grown", total)

	for i, s := range []shape{square{3}, &circle{radius: 5}, &square{7}} {
		println("indirect", i, s.area(i+2))
	}
	for n := range 6 {
		println("recovered", recovered(n))
	}
	for _, n := range loops(9) {
		print(n, " ")
	}
	println()
	for _, a := range []int64{0, -1, 1 << 40, -1 << 63, 12345678901} {
		println(numbers(a, uint32(a>>2), int8(a>>1)))
	}
	counts := map[string]int{}
	for i := range 3000 {
		counts[strconv.Itoa(i%97)] += i
	}
	println("map", len(counts), counts["13"], counts["96"])
	pc, _, _, _ := runtime.Caller(0)
	println("name", runtime.FuncForPC(pc).Name())
	select {
	case n := <-done:
		println("not expected", n)
	default:
	}
	for runtime.NumGoroutine() > 1 {
		runtime.Gosched()
	}
	println("all goroutines ended")
}
