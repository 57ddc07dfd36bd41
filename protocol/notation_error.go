package protocol

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a person is told about a text that cannot be read: the place, what
// stands there, and what could have stood there instead. A word that is nearly
// one of ours gets the nearest one named.

// NotationError says where a text could not be read, and why.
type NotationError struct {
	// Line and Column count from 1; the column counts characters, not bytes.
	Line, Column int
	// Width is how many characters are meant, at least 1.
	Width int
	// Found is what stands there, quoted and shortened, or "the end of the line".
	Found string
	// Expected says what could stand there.
	Expected string
}

// Error returns the whole sentence.
func (e *NotationError) Error() string {
	return "line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Column) +
		": found " + e.Found + ", expected " + e.Expected
}

// foundLimit is how many characters of the text an error quotes.
const foundLimit = 24

// newNotationError points at line[start:end], both counted in bytes.
func newNotationError(number int, line string, start, end int, expected string) *NotationError {
	e := &NotationError{Line: number, Column: columnOf(line, start), Width: 1, Expected: expected}
	if start >= len(line) {
		e.Found = "the end of the line"
		return e
	}
	if end <= start {
		_, size := utf8.DecodeRuneInString(line[start:])
		end = start + size
	}
	// Who counts three bytes on may have ended inside a character.
	for cut := 0; cut < utf8.UTFMax-1 && end < len(line) && !utf8.RuneStart(line[end]); cut++ {
		end++
	}
	piece := line[start:end]
	e.Width = utf8.RuneCountInString(piece)
	e.Found = quoteFound(piece)
	return e
}

// columnOf returns the column, in characters from 1, of the byte at index at.
func columnOf(line string, at int) int {
	return utf8.RuneCountInString(line[:at]) + 1
}

// quoteFound quotes a piece of the text. Pieces with a quote in them stand
// between back quotes where that is possible: the reader knows them like that.
func quoteFound(piece string) string {
	count := 0
	for i := range piece {
		if count == foundLimit {
			piece = piece[:i] + "…"
			break
		}
		count++
	}
	if strings.ContainsAny(piece, `"\`) && strconv.CanBackquote(piece) {
		return "`" + piece + "`"
	}
	return strconv.Quote(piece)
}

// notationWords are all the words there are, for naming the nearest one. A word
// that takes a value ends with its sign.
var notationWords = [...]string{
	"continuation", "text", "binary", "close", "ping", "pong", "opcode=",
	"fin", "nofin", "rsv1", "rsv2", "rsv3", "norsv1", "norsv2", "norsv3",
	"mask", "nomask", "mask=", "key=", "nokey", "xor=",
	"len7", "len16", "len64", "len=", "cut=", "bytes", "hex:", "repeat(", "deflate(",
}

// expectedNearest stands between the nearest word and what else is expected.
const expectedNearest = ", which is the nearest word there is; or "

// nearestWord returns the word of the lists that takes the fewest changes to
// make from the given one, or "" when none is near.
func nearestWord(word string, lists ...[]string) string {
	if at := strings.IndexAny(word, "=:("); at >= 0 {
		word = word[:at+1]
	}
	word = strings.ToLower(word)
	best, least := "", 3
	if len(word) <= 3 {
		// Of three letters two changes leave nothing that could be recognised.
		least = 2
	}
	for _, list := range lists {
		for _, candidate := range list {
			// Each letter more or less is a change, and most words are told apart by that.
			if more := len(word) - len(candidate); more >= least || -more >= least {
				continue
			}
			if n := editDistance(word, candidate); n < least {
				best, least = candidate, n
			}
		}
	}
	return best
}

// editDistance counts the letters to insert, remove, replace or swap with their
// neighbour that make b of a. Words longer than any of ours are far away.
func editDistance(a, b string) int {
	const limit = 16
	if len(a) > limit || len(b) > limit {
		return limit
	}
	var rows [3][limit + 1]int
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		// The rows go round: this one, the one before, the one before that.
		now, before, earlier := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(before[j]+1, now[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], earlier[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
