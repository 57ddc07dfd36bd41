package web

import (
	"net/http"
	"unicode"
	"unicode/utf8"

	"framecraft/server/internal/endpoint"
)

// What a viewer lets the server open, and how these connections come in: by
// /echo, like everybody's. They have passed the opener's own limit, so that those
// of an address and of a session do not count them; the limit of all does.

// DefaultOpenLimit is how many connections the opener may have unless the operator
// says otherwise.
const DefaultOpenLimit = 1000

// group is an opener.Group, or what a test has instead of it.
type group interface {
	Open(n int) error
	Close()
	State() (open int, opening bool)
	Said() error
	End()
}

// opener says what this viewer may open and has opened.
func (v *viewer) opener() liveOpener {
	o := v.site.opener
	open, opening := v.group.State()
	why := o.Why()
	return liveOpener{
		Allowed: why == "", Limit: o.Limit(), Left: o.Left(), Sources: o.Sources(), Why: sentence(why),
		Open: open, Opening: opening,
	}
}

// sentence makes one of an error's text.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// openedName is the Kind's name of what the opener has opened.
const openedName = "/echo opened"

// openedSocket is the door for the opener's connections. It reports whether the
// request is one of them; it is answered then.
func (s *Site) openedSocket(w http.ResponseWriter, r *http.Request) bool {
	owner, claimed := s.opener.Claim(r.RemoteAddr)
	if !claimed {
		return false
	}
	if refusal := endpoint.Check(r); refusal != nil {
		refusal.Write(w)
		return true
	}
	leave := s.admission.enterOpened()
	if leave == nil {
		s.refuseEntry(w, r, tooManyInAll)
		return true
	}
	s.upgrade(w, r, &s.opened, owner, leave)
	return true
}
