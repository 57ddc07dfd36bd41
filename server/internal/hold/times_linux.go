package hold

import "time"

// What the loop does by the clock: pings, connections that take too long to open,
// and closing in order.

// ping sends what is due by now, each connection in its turn, so that the pings
// are spread evenly over the time between two of one.
func (f *epollFleet) ping(now time.Time) {
	// Behind a pause of this process they would all come at once, on a machine that
	// has too much to do anyway.
	passed := min(now.Sub(f.counted), time.Second)
	f.counted = now
	if f.share.Ping <= 0 || f.progress.Open == 0 {
		return
	}
	f.due += float64(f.progress.Open) * float64(passed) / float64(f.share.Ping)
	for looked := 0; f.due >= 1 && looked < len(f.clients); looked++ {
		if f.pinged >= len(f.clients) {
			f.pinged = 0
		}
		i := f.pinged
		f.pinged++
		c := &f.clients[i]
		if c.state != stateOpen {
			continue
		}
		f.due--
		if c.waiting {
			f.progress.Unanswered++
		}
		f.out = appendPing(f.out[:0])
		if f.write(int32(i), f.out) {
			c.waiting = true
			f.progress.Pings++
		}
	}
	f.due = min(f.due, 1)
}

// giveUp drops the connections that have taken too long to open.
func (f *epollFleet) giveUp(now time.Time) {
	for i, o := range f.openings {
		if now.Sub(o.started) < f.share.Patience {
			continue
		}
		asked := f.clients[i].state == stateAsking
		if asked && len(o.in) > 0 {
			f.answered(i, true) // what has come is all there is
			continue
		}
		f.drop(i)
		if asked {
			f.progress.failFor(errNoResponse.Error(), noAnswer(f.share.Patience))
		} else {
			f.progress.fail("no connection within " + f.share.Patience.String())
		}
	}
}

// closingAtATime is how many connections may be on their way to the end, so that
// a server closes them as they come and none waits in a queue until time is up.
const closingAtATime = 1000

func (f *epollFleet) beginClosing(now time.Time) {
	f.progress.Phase = PhaseClosing
	f.deadline = now.Add(f.share.Closing)
	for i := range f.openings {
		f.drop(i)
	}
}

// closeSome sends Close to some more connections.
func (f *epollFleet) closeSome() {
	for ; f.closed < len(f.clients) && f.underWay < closingAtATime; f.closed++ {
		c := &f.clients[f.closed]
		if c.state != stateOpen {
			continue
		}
		f.out = appendClose(f.out[:0])
		if f.write(int32(f.closed), f.out) {
			c.state = stateClosing
			f.underWay++
		}
	}
}

// cutOff ends TCP of everything that is left.
func (f *epollFleet) cutOff() {
	for i := range f.clients {
		switch f.clients[i].state {
		case stateOpen, stateClosing:
			f.progress.Open--
			f.progress.CutOff++
		}
		f.drop(int32(i))
	}
}
